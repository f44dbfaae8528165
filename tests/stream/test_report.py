"""The report is one safe page: well formed, asking nobody for anything, naming nobody."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from stream.cli_report import report
from stream.errors import StreamError
from stream.report.data import gather
from stream.report.page import NOTE, render
from stream.report.people import short
from stream.report.write import write_report
from tests.stream.helpers import NOW, batches, make_pipeline, record, spike, tick, to_log

CANARY = "zanzibar-marmalade-canary"
VOID = {"meta", "br", "hr", "img", "input", "link"}


class WellFormed(HTMLParser):
    """Follows the open elements and collects ids, references and words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.captions = self.tables = self.drawings = self.titles = 0
        self.tags: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "aria-labelledby":
                self.references += (value or "").split()
            if name == "href":
                self.references.append((value or "").removeprefix("#"))
        self.captions += tag == "caption"
        self.tables += tag == "table"
        self.drawings += tag == "svg"
        self.titles += tag == "title" and "svg" in self.open

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture
def eventful(engine: Engine) -> Engine:
    """A steady history, somebody whose sadness rises, an angry hour, a bad row, and canaries throughout."""
    start = NOW - timedelta(days=80)
    posts: list[dict[str, Any]] = []
    for day in range(70):
        sad = "i feel so sad hopeless and lonely" if day > 45 else "the table is made of wood"
        for number, text in enumerate((sad, sad, "a wooden table")):
            at = (start + timedelta(days=day, hours=9 + number)).isoformat()
            posts.append(
                record(
                    9_000 + 10 * day + number,
                    author=f"drifter {CANARY}",
                    text=f"{text} {day} {CANARY}",
                    sent_at=at,
                    channel='<b>"odd" & channel</b>',
                )
            )
        for number in range(8):
            at = (start + timedelta(days=day, hours=number)).isoformat()
            posts.append(
                record(20_000 + 10 * day + number, author=f"calm-{number}", sent_at=at, channel="channel-1",
                       text=f"the table is made of wood {day} {number}")
            )  # fmt: skip
    posts += spike(50_000, start + timedelta(days=60, hours=10))
    posts.sort(key=lambda post: post["sent_at"])
    bad = orjson.dumps({"bad_row": {"file": "x.csv", "line": 3, "reason": "too few columns", "raw": CANARY}})
    pipeline = make_pipeline(engine)
    for batch in batches(to_log([*posts, bad, tick(NOW - timedelta(hours=1))]), 400):
        pipeline.process(batch)
    return engine


def page(engine: Engine, since: datetime | None = None) -> str:
    return render(gather(engine, NOW, since))


def test_it_is_well_formed_and_every_drawing_and_table_has_a_name(eventful: Engine) -> None:
    html = page(eventful)
    found = WellFormed(html)
    assert not found.wrong
    assert not found.open
    assert len(found.ids) == len(set(found.ids))
    assert set(found.references) <= set(found.ids)
    assert found.drawings == found.titles > 4
    assert found.tables == found.captions >= 3


def test_it_asks_nobody_for_anything(eventful: Engine) -> None:
    html = page(eventful)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|<script|<link|<img|<iframe|<form|\son[a-z]+=", html)
    assert "default-src 'none'" in html


def test_no_words_of_a_post_and_no_account_name_are_on_it(eventful: Engine) -> None:
    html = page(eventful)
    assert CANARY not in html
    assert "drifter" not in html
    assert "wood" not in html


def test_people_appear_under_shortened_pseudonyms(eventful: Engine) -> None:
    data = gather(eventful, NOW)
    html = render(data)
    assert data.people
    for person in data.people:
        assert short(person) in html
        assert person not in html


def test_it_shows_the_person_the_spike_and_the_row_that_was_set_aside(eventful: Engine) -> None:
    html = page(eventful)
    assert "sadness-trend" in html
    assert "anger-spike-channel" in html
    assert "Hours around the alert in channel-1" in html
    assert "bad_row" in html
    assert NOTE in html


def test_a_channel_with_an_odd_name_is_only_text(eventful: Engine) -> None:
    html = page(eventful)
    assert "&lt;b&gt;&quot;odd&quot; &amp; channel&lt;/b&gt;" in html
    assert '<b>"odd"' not in html


def test_since_leaves_out_what_came_before(eventful: Engine) -> None:
    whole, late = gather(eventful, NOW), gather(eventful, NOW, NOW - timedelta(days=12))
    assert len(late.alerts) < len(whole.alerts)
    assert late.first == (NOW - timedelta(days=12)).date()
    assert all(slot.start >= NOW - timedelta(days=12) for slots in late.channels.values() for slot in slots)
    assert not WellFormed(render(late)).wrong


def test_the_same_database_and_moment_give_the_same_page(eventful: Engine) -> None:
    assert page(eventful) == page(eventful)


def test_an_empty_database_gives_a_useful_page(engine: Engine) -> None:
    html = page(engine)
    assert not WellFormed(html).wrong
    assert "Nothing is stored yet" in html
    assert "tideline replay" in html


def test_one_post_is_enough_for_a_page(engine: Engine) -> None:
    make_pipeline(engine).process(to_log([record(1, channel=None)]))
    html = page(engine)
    assert not WellFormed(html).wrong
    assert "No rule was passed." in html


def test_since_after_the_last_post_gives_a_page_without_charts(eventful: Engine) -> None:
    html = page(eventful, datetime(2027, 1, 1, tzinfo=UTC))
    assert not WellFormed(html).wrong
    assert "No rule was passed." in html


def test_the_command_writes_a_file_for_its_owner_alone(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    out = tmp_path / "page.html"
    done = CliRunner().invoke(report, ["--since", "2025-04-01", "--out", str(out)], catch_exceptions=False)
    assert done.exit_code == 0
    assert str(out) in done.output
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_place_that_cannot_be_written_is_told_in_one_sentence(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(StreamError, match="choose another place with --out"):
        write_report(engine, tmp_path / "missing" / "page.html")
