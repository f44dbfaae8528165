"""The report draws what the dashboards draw: figures that agree with the tables, on one safe page that names nobody."""

import re
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from storage.database import make_engine
from stream.cli import main
from stream.report.data import DASHBOARDS
from stream.report.page import NOTE
from stream.report.people import short
from tests.conftest import fresh_database
from tests.stream.helpers import make_pipeline, record, to_log
from tests.stream.report_pages import CANARY, LARGE, MIDDLE, SMALL, WellFormed, cells, figures, fill, panel

Page = Callable[..., str]


@pytest.fixture(scope="module")
def eventful(postgres: str, migrated: str) -> Iterator[str]:
    with fresh_database(postgres, migrated) as url:
        engine = make_engine(url)
        fill(engine)
        engine.dispose()
        yield url


@pytest.fixture(scope="module")
def html(eventful: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of that database as `tideline report` writes it."""
    out = tmp_path_factory.mktemp("report") / "page.html"
    done = _run(eventful, "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "could not be drawn" not in done.stderr
    return out.read_text()


@pytest.fixture
def page(eventful: str, tmp_path: Path) -> Page:
    """The page with other options."""

    def make(*options: str, url: str = eventful) -> str:
        done = _run(url, "--out", "page.html", *options)
        assert done.exit_code == 0, done.output
        return (tmp_path / "page.html").read_text()

    return make


def _run(url: str, *options: str) -> Result:
    """By a login whose hours begin half an hour beside those of UTC: the page is the same everywhere."""
    return CliRunner(env={"TIDELINE_DATABASE": url, "PGTZ": "Asia/Kolkata"}).invoke(main, ["report", *options])


def _ask(url: str, sql: str, **values: Any) -> Any:
    engine = make_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text(sql), values).scalar_one()
    engine.dispose()
    return found


def _change(url: str, statement: str) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_every_panel_of_the_dashboards_is_on_it(html: str) -> None:
    titles = [one.title for board in DASHBOARDS for one in board.panels if one.key != "stored" and "$" not in one.title]
    assert [title for title in titles if f"<h4>{escape(title)}</h4>" not in html] == []
    assert len(titles) > 30


def test_its_figures_are_those_of_the_tables(html: str, eventful: str) -> None:
    shown = figures(panel(html, "In this time"))
    assert shown["Posts"] == f"{_ask(eventful, 'SELECT count(*) FROM points'):,}"
    sadness = "SELECT sum(scores[1]) / 1000.0 / count(scores) FROM points"
    assert shown["Sadness"] == f"{_ask(eventful, sadness) * 100:.1f}\u00a0%"
    rules = figures(panel(html, "Alerts by rule"))
    for rule in ("sadness-trend", "anger-spike-channel"):
        raised = _ask(eventful, "SELECT count(*) FROM alerts WHERE rule = :rule AND superseded_at IS NULL", rule=rule)
        assert rules[rule] == str(raised) != "0"
    assert figures(panel(html, "Set aside, by reason"))["bad_row"] == "1"


def test_a_channel_has_the_posts_it_has_in_the_table(html: str, eventful: str) -> None:
    posts = _ask(eventful, "SELECT count(*) FROM points WHERE channel = :channel", channel=LARGE)
    rows = {row[0]: row[1] for row in cells(panel(html, "Channels"))}
    assert rows[LARGE] == figures(panel(html, "Posts by channel"))[LARGE] == str(posts)


def test_a_channel_of_too_few_people_is_not_on_it(html: str) -> None:
    assert SMALL not in html
    assert MIDDLE not in html
    assert "fewer people than the policy shows are left out" in html


def test_a_channel_with_an_odd_name_is_only_text(html: str) -> None:
    assert escape(LARGE) in html
    assert '<b>"odd"' not in html


def test_spikes_are_marked_and_shown_hour_by_hour(html: str) -> None:
    assert re.search(r"▼ Anger spikes \([1-9]", html)
    assert 'class="flag"' in panel(html, "Emotion mix")
    assert figures(panel(html, f"Hours around the alert in {escape(LARGE)}")).keys() == {"Anger", "All else"}


def test_a_person_has_a_series_a_baseline_and_an_alert_mark_under_a_short_pseudonym(html: str, eventful: str) -> None:
    person = _ask(eventful, "SELECT subject FROM alerts WHERE rule = 'sadness-trend' LIMIT 1")
    card = html[html.index(f'id="p-{short(person)}"') :].split("</article>")[0]
    assert f"Sadness of person {short(person)}" in card
    for look in ("line blue", "line dark dashed", "usual", "flag"):
        assert f'class="{look}"' in card
    assert person not in html


def test_it_is_well_formed_and_every_drawing_and_table_has_a_name(html: str) -> None:
    found = WellFormed(html)
    assert not found.wrong
    assert not found.open
    assert len(found.ids) == len(set(found.ids))
    assert set(found.references) <= set(found.ids)
    assert found.drawings == found.titles == found.descriptions > 15
    assert found.tables == found.captions > 8


def test_it_asks_nobody_for_anything(html: str) -> None:
    assert not re.search(r"https?:|//[a-z]|url\(|@import|<script|<link|<img|<iframe|<form|\son[a-z]+=", html)
    assert "default-src 'none'" in html


def test_no_words_of_a_post_and_no_account_name_are_on_it(html: str) -> None:
    for secret in (CANARY, "drifter", "wood", "hopeless"):
        assert secret not in html
    assert NOTE in html


def test_each_section_says_which_clock_it_has(html: str) -> None:
    assert html.count("Time of the posts: when they were written.") == 3  # community, people, model
    assert html.count("Time of the work: the clock of the machine") == 2


def test_nothing_is_wider_than_a_phone(html: str) -> None:
    widths = re.findall(r"(?<![-\w])(?:min-)?width:\s*([\d.]+)(px|rem)", re.sub(r"@media[^{]*", "", html))
    assert all(float(size) * (16 if unit == "rem" else 1) <= 358 for size, unit in widths)
    shares = re.findall(r'style="(?:width|left|bottom):(-?[\d.]+)%"', html)
    assert len(shares) > 50
    assert all(-0.01 <= float(share) <= 100.01 for share in shares)


def test_since_and_until_leave_out_what_lies_outside(page: Page, eventful: str) -> None:
    part = page("--since", "2026-04-01", "--until", "2026-04-11")
    posts = _ask(eventful, "SELECT count(*) FROM points WHERE sent_at >= '2026-04-01' AND sent_at < '2026-04-11'")
    assert figures(panel(part, "In this time"))["Posts"] == str(posts)
    assert "Shown, as asked: 2026-04-01 to 2026-04-11 UTC." in part
    assert not WellFormed(part).wrong


def test_since_after_the_last_post_gives_a_page_without_charts_of_them(page: Page) -> None:
    late = page("--since", "2027-01-01")
    assert not WellFormed(late).wrong
    assert "nobody wrote, or too few people" in panel(late, "Emotion mix")
    assert "No alert of this time is about a person." in late


def test_a_chosen_channel_stands_alone(page: Page, eventful: str) -> None:
    part = page("--channel", LARGE)
    assert [row[0] for row in cells(panel(part, "Channels"))] == [LARGE]
    missing = _run(eventful, "--channel", SMALL, "--out", "none.html")
    assert missing.exit_code == 1
    assert "has a day with enough people" in missing.stderr
    assert not Path("none.html").exists()


def test_without_people_nothing_of_them_is_read(page: Page, eventful: str) -> None:
    _change(eventful, "ALTER SCHEMA person RENAME TO away")
    try:
        part = page("--no-people")
        whole = _run(eventful, "--out", "whole.html")
    finally:
        _change(eventful, "ALTER SCHEMA away RENAME TO person")
    assert "Nothing about any person was read." in part
    assert 'id="people"' not in part
    assert "People could not be read" in whole.stderr


def test_a_panel_that_its_role_may_not_read_is_a_sentence_and_a_note(page: Page, eventful: str) -> None:
    _change(eventful, "REVOKE SELECT ON dashboard.outbox FROM tideline_dashboard")
    try:
        done = _run(eventful, "--out", "page.html", "--json")
    finally:
        _change(eventful, "GRANT SELECT ON dashboard.outbox TO tideline_dashboard")
    assert done.exit_code == 0
    missing = orjson.loads(done.stdout)["missing"]
    assert "Operations: Outbox could not be drawn: `tideline dashboards check` says why" in missing
    broken = Path("page.html").read_text()
    assert "could not be drawn: Postgres refused the question (SQLSTATE 42501)" in panel(broken, "Outbox")
    assert "<svg" in panel(broken, "Posts a minute")
    assert not WellFormed(broken).wrong


def test_an_empty_database_gives_a_useful_page(page: Page, database_url: str) -> None:
    html = page(url=database_url)
    assert not WellFormed(html).wrong
    assert "Nothing is stored yet" in html
    assert "tideline replay" in html


def test_one_post_is_enough_for_a_page(page: Page, engine: Engine, database_url: str) -> None:
    make_pipeline(engine).process(to_log([record(1, channel=None)]))
    html = page(url=database_url)
    assert not WellFormed(html).wrong
    assert "too few people to be shown" in panel(html, "Emotion mix")


def test_the_file_is_for_its_owner_alone_and_whole(page: Page, tmp_path: Path) -> None:
    page("--no-people")
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_place_that_cannot_be_written_is_told_in_one_sentence(eventful: str) -> None:
    done = _run(eventful, "--no-people", "--out", "missing/page.html")
    assert done.exit_code == 1
    assert "choose another place with --out" in done.stderr


def test_until_before_since_is_refused(eventful: str) -> None:
    done = _run(eventful, "--since", "2026-04-11", "--until", "2026-04-01")
    assert done.exit_code == 2
    assert "--until must be later than --since" in done.stderr
