"""`tideline dashboards check` on a database that the pipeline filled."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from dashboards.alerts.page import ALERTS
from dashboards.checking.check import Finding, Wants, check
from dashboards.choices import Range, choose, newest_range, read_as, run
from dashboards.community.page import COMMUNITY
from dashboards.fill import filled
from dashboards.model.page import MODEL
from dashboards.pages import DASHBOARDS
from dashboards.panel import Dashboard, Panel, Query, Row
from dashboards.person.page import PERSON_PAGE
from storage.database import transaction
from storage.forecasts import StoredForecast, save_forecasts
from storage.labels import AlertVerdict, add_alert_verdicts
from stream.cli import main

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PATIENT = "2000"  # milliseconds; this is no benchmark


def tideline_check(engine: Engine, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.setenv("TIDELINE_DATABASE", engine.url.render_as_string(hide_password=False))
    return CliRunner().invoke(main, ["dashboards", "check", "--limit-ms", PATIENT, *words])


def of(sql: str, *values: str, **changes: Any) -> Dashboard:
    """A dashboard with one panel that asks this."""
    panel = Panel("one", "One", "table", "", (Query(sql, values, time=None),))
    return replace(COMMUNITY, rows=(Row("All", (panel,)),), variables=(), annotations=(), **changes)


def found(engine: Engine, dashboard: Dashboard, **wants: Any) -> Finding:
    [finding] = check(engine, [dashboard], NOW, Wants(**wants))
    return finding


def test_every_query_of_every_dashboard_answers_as_its_role(watched: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    result = tideline_check(watched, monkeypatch)
    assert result.exit_code == 0, result.output
    assert "0 bad" in result.stdout


def test_every_query_answers_with_a_row_where_nothing_was_ever_stored(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables know nothing then, and what they choose from is empty; no query fails, and every panel has a row."""
    result = tideline_check(engine, monkeypatch, "--allow-empty", "--json")
    assert result.exit_code == 0, result.output
    panels = [
        each for each in json.loads(result.stdout)["queries"] if not each["name"].startswith(("variable", "annotation"))
    ]
    assert len(panels) == sum(1 for dashboard in DASHBOARDS for _ in dashboard.panels)
    assert all(each["rows"] > 0 for each in panels)
    assert tideline_check(engine, monkeypatch).exit_code == 1


def test_a_series_has_the_three_columns_that_grafana_names_it_by(watched: Engine) -> None:
    """With a fourth one Grafana would call each series by the value's name and its text together."""
    for dashboard in DASHBOARDS:
        with transaction(watched) as connection:
            read_as(connection, dashboard.role)
            shown = newest_range(connection, NOW)
            given = choose(connection, dashboard, shown)
            for query in (query for panel in dashboard.panels for query in panel.queries if query.series):
                rows = run(connection, filled(query.sql, *shown, given))
                assert {len(row) for row in rows} == {3}
                assert rows == sorted(rows, key=lambda row: row[0])  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("SELECT 1 AS a FROM points", "permission denied for table points"),
        ("SELECT 1 AS a FROM person.days", "permission denied for schema person"),
        ("SELECT nothing AS a", 'column "nothing" does not exist'),
        ("SELECT ${who:sqlstring} AS a", "the variable who has no value: give it one"),
        ("SELECT 1 AS b", "has no column a"),
        ("SELECT 1 AS a WHERE false", "answers with nothing"),
        ("SELECT NULL AS a, 1 AS b", "answers with nothing"),
        ("DELETE FROM dashboard.community_days RETURNING 1 AS a", 'cannot delete from view "community_days"'),
    ],
)
def test_a_bad_query_is_told_and_the_next_one_is_still_asked(watched: Engine, sql: str, problem: str) -> None:
    assert found(watched, of(sql, "a")).problem == problem
    bad = of(sql, "a")
    both = replace(
        bad,
        rows=(
            *bad.rows,
            Row("More", (replace(next(bad.panels), queries=(Query("SELECT 1 AS a", ("a",), time=None),)),)),
        ),
    )
    assert [bool(each.problem) for each in check(watched, [both], NOW, Wants())] == [True, False]


def test_a_slow_query_is_told(watched: Engine) -> None:
    slow = found(watched, of("SELECT pg_sleep(0.02)::text AS a", "a"), limit_ms=10)
    assert "more than 10" in slow.problem
    assert slow.milliseconds > 10


def test_an_empty_answer_is_let_pass_when_asked(watched: Engine) -> None:
    assert found(watched, of("SELECT 1 AS a WHERE false", "a"), allow_empty=True).problem == ""


def test_a_database_without_the_roles_says_what_to_run(watched: Engine) -> None:
    from dashboards.errors import DashboardError

    nobody = of("SELECT 1 AS a", "a", role="tideline_nobody")
    with pytest.raises(DashboardError, match="run `tideline migrate`"):
        found(watched, nobody)


def test_the_failing_command_prints_a_table_and_exits_1(watched: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction(watched) as connection:
        connection.execute(text("ALTER VIEW dashboard.outbox RENAME TO outbox_away"))
    try:
        result = tideline_check(watched, monkeypatch, "--only", "operations")
    finally:
        with transaction(watched) as connection:
            connection.execute(text("ALTER VIEW dashboard.outbox_away RENAME TO outbox"))
    assert result.exit_code == 1
    assert "BAD  Operations  outbox" in result.stdout
    assert 'relation "dashboard.outbox" does not exist' in result.stdout
    assert "ok   Operations  partitions" in result.stdout


@pytest.mark.parametrize("typed", ["", "somebody", "'; --", "8EB6F121-fd74-af30-83b9-6377a8cdd86b"])
def test_what_is_typed_for_a_person_and_is_none_answers_with_no_posts_and_no_error(watched: Engine, typed: str) -> None:
    with transaction(watched) as connection:
        read_as(connection, PERSON_PAGE.role)
        shown = newest_range(connection, NOW)
        for panel in PERSON_PAGE.panels:
            rows = run(connection, filled(panel.queries[0].sql, *shown, {"person": typed, "emotion": "fear"}))
            assert rows, panel.key
        posts = PERSON_PAGE.panel("posts").queries[0].sql
        assert all(row[1] == 0 for row in run(connection, filled(posts, *shown, {"person": typed})))


def test_a_forecast_is_drawn_with_its_bands_on_the_days_that_it_is_for(watched: Engine) -> None:
    with transaction(watched) as connection:
        [channel] = connection.execute(text("SELECT min(channel) FROM dashboard.channel_days")).scalars()
        newest = newest_range(connection, NOW)
        save_forecasts(connection, [_forecast(channel, newest.until)])
    week = Range(newest.since, newest.until + timedelta(days=7))
    with transaction(watched) as connection:
        read_as(connection, COMMUNITY.role)
        sql = COMMUNITY.panel("forecast").queries[0].sql
        rows = run(connection, filled(sql, *week, {"focus": channel, "emotion": "anger"}))
    expected = [row for row in rows if row[2] is not None]
    assert [row[0] for row in expected] == [newest.until + timedelta(days=day) for day in range(7)]
    assert {tuple(round(float(str(value)), 2) for value in row[3:]) for row in expected} == {(0.1, 0.3, 0.05, 0.4)}
    assert any(row[1] is not None for row in rows)


def test_a_verdict_of_today_about_an_alert_of_a_replayed_year_is_drawn_today(watched: Engine) -> None:
    with watched.connect() as connection:
        alert, rule = connection.execute(text("SELECT id::text, rule FROM alerts WHERE superseded_at IS NULL")).all()[0]
        assert add_alert_verdicts(connection, [AlertVerdict(alert, "wrong", "ada", NOW)]) == 1
        read_as(connection, ALERTS.role)
        sql = ALERTS.panel("verdicts").queries[0].sql
        rows = run(connection, filled(sql, NOW - timedelta(days=3), NOW, {"rule": [rule]}))
        connection.rollback()
    assert rows[-1] == (NOW, 0, 1, 0, 0.0)
    assert {row[1:4] for row in rows[:-1]} == {(0, 0, 0)}


def test_what_is_usual_for_a_person_does_not_hang_on_the_readers_time_zone(watched: Engine) -> None:
    """These zones move their clocks while the posts were written: days of 23 and of 25 hours."""
    usual = "SELECT extract(epoch FROM day), person::text, emotion, level, spread FROM person.usual ORDER BY 1, 2, 3"
    seen = []
    for zone in ("UTC", "A-1B,M5.3.6/2,M10.3.6", "A-1B,M1.3.6,M5.3.6/3"):
        with watched.connect() as connection:
            connection.execute(text(f"SET LOCAL TIME ZONE '{zone}'"))
            seen.append(run(connection, usual))
    assert len(seen[0]) > 500
    assert seen[1] == seen[0]
    assert seen[2] == seen[0]


def test_posts_without_scores_are_counted_also_where_no_reason_may_be_shown(watched: Engine) -> None:
    """A reader who is told of none would take the model for better than it is."""
    with watched.connect() as connection:
        days = (
            "UPDATE everyone_days SET scored = scored - 1 WHERE partition = (SELECT min(partition) FROM everyone_days)"
        )
        changed = connection.execute(text(days)).rowcount
        read_as(connection, MODEL.role)
        shown = newest_range(connection, NOW)
        rows = run(connection, filled(MODEL.panel("abstained").queries[0].sql, *shown, {}))
        connection.rollback()
    assert changed == 8
    assert rows == [("all", "all", 8)]


def _forecast(channel: str, from_day: datetime) -> tuple[object, ...]:
    numbers = {"mean": 0.2, "low80": 0.1, "high80": 0.3, "low95": 0.05, "high95": 0.4}
    words = {"subject_kind": "channel", "subject": channel, "horizon": 7, "emotion": "anger", "version": "1"}
    given: dict[str, object] = {**words, **numbers, "from_day": from_day.date()}
    return tuple(given.get(each.name, 1) for each in fields(StoredForecast))


def test_no_answer_for_groups_holds_a_pseudonym_a_text_or_an_account(watched: Engine) -> None:
    with transaction(watched) as connection:
        persons = set(connection.execute(text("SELECT DISTINCT person::text FROM points")).scalars())
    answers = ""
    for dashboard in DASHBOARDS:
        if dashboard.role == "tideline_dashboard":
            answers += _everything(watched, dashboard)
    assert len(answers) > 10_000
    assert not any(person in answers for person in persons)
    assert "neighbour-" not in answers
    assert "hopeless" not in answers


def _everything(engine: Engine, dashboard: Dashboard) -> str:
    with transaction(engine) as connection:
        read_as(connection, dashboard.role)
        shown = newest_range(connection, NOW)
        given = choose(connection, dashboard, shown)
        asked = [query.sql for panel in dashboard.panels for query in panel.queries]
        asked += [mark.sql for mark in dashboard.annotations]
        return str([run(connection, filled(sql, *shown, given)) for sql in asked])
