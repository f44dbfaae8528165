"""`tideline rules` and `tideline backtest` by the front door: what they say, and that they change nothing."""

import json
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from alerts.rules import load_rules
from storage.cohorts import read_tags
from storage.database import transaction
from storage.errors import StorageError
from storage.progress import register_partitions
from storage.schema import METADATA
from stream.cli import main
from stream.progress import Quiet
from stream.settings import DEMO_SECRET
from stream.stored import snapshot, stored_alerts
from tests.stream.helpers import (
    LATENESS,
    NOW,
    PARTITIONS,
    TOPIC,
    make_oracle,
    make_pipeline,
    records,
    spike,
    tick,
    to_log,
)
from tests.stream.test_pipeline import history, process

END = NOW - timedelta(days=1)
RULES = """\
[[rules]]
name = "anger-sum"
detector = "cusum"
subject = "person"
emotion = "anger"
threshold = 4
mean = 0.1
sd = 0.2
cooldown_hours = 24

[[rules]]
name = "anger-in-channels"
detector = "e-detector"
subject = "channel"
emotion = "anger"
threshold = 2
mean = 0.2
cooldown_hours = 24
"""


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "current.toml").write_text(RULES)
    (tmp_path / "new.toml").write_text(RULES.replace("threshold = 4", "threshold = 6").replace("= 2\n", "= 1\n"))
    for name, value in {"MODE": "demo", "KAFKA": "127.0.0.1:1", "MODEL": "keywords", "PARTITIONS": "3"}.items():
        monkeypatch.setenv(f"TIDELINE_{name}", value)
    monkeypatch.setenv("TIDELINE_RULES", "current.toml")


def posts() -> list[dict[str, Any]]:
    """Two days, and the anger of one channel on the second."""
    start = NOW - timedelta(days=60)
    return sorted([*records(400), *spike(10_000, start + timedelta(hours=44))], key=lambda post: str(post["sent_at"]))


@pytest.fixture
def filled(settings: None, engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    process(engine, to_log([*posts(), tick(END)]), 256)
    return engine


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def run_json(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def everything(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table."""
    with transaction(engine) as connection:
        return {
            name: sorted(str(row[0]) for row in connection.execute(text(f"SELECT md5(each::text) FROM {name} AS each")))
            for name in METADATA.tables
        }


def test_check_tells_every_fault_with_its_line(settings: None, tmp_path: Path) -> None:
    assert run_json("rules", "check", "new.toml")["ok"] is True
    (tmp_path / "bad.toml").write_text(RULES.replace("sd = 0.2", "sdd = 0.2").replace("threshold = 2", "threshold = 0"))
    told = run("rules", "check", "bad.toml")
    assert told.exit_code == 1
    lines = told.stderr.splitlines()
    assert [line.split(":")[1].split(",")[1] for line in lines] == [" line 1", " line 8", " line 16"]
    assert "did you mean 'sd'?" in told.stderr
    found = json.loads(run("rules", "check", "bad.toml", "--json").stdout)
    assert [fault["line"] for fault in found["faults"]] == [1, 8, 16]
    missing = run("rules", "check", "none.toml", "--json")
    assert missing.exit_code == 1
    assert "cannot be read" in missing.stdout


def test_a_worker_refuses_wrong_rules_with_one_sentence_that_says_how_to_see_them_all(
    settings: None, tmp_path: Path
) -> None:
    (tmp_path / "bad.toml").write_text(RULES.replace("sd = 0.2", "sdd = 0.2"))
    result = run("backtest", "--rules", "bad.toml")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "bad.toml, line 1: sd: a cusum rule needs it" in result.stderr
    assert "1 more: `tideline rules check` lists all" in result.stderr


def test_show_tells_versions_trials_and_what_the_textbook_knows_even_without_a_database(settings: None) -> None:
    Path("trial.toml").write_text(RULES.replace("threshold = 2", "threshold = 2\nshadow = true"))
    found = run_json("rules", "show", "trial.toml")
    first, second = found["rules"]
    assert first["calm_periods_to_a_false_alert"] == pytest.approx(335.4, abs=0.5)
    assert (second["calm_periods_to_a_false_alert"], second["shadow"]) == (100.0, True)
    assert first["version"] == load_rules(Path("current.toml")).all[0].version
    assert "no database" in found["workers"]["unknown"]
    lines = run("rules", "show", "trial.toml").output
    assert "on trial: stored, never sent" in lines
    assert first["version"] in lines


def test_the_stored_points_lead_to_the_alerts_that_the_stream_raised(ready: Engine) -> None:
    process(ready, to_log([*history(), tick(END)]), 256)
    rules = load_rules(None)
    with transaction(ready) as connection:
        known = set(connection.execute(text("SELECT id::text FROM alerts")).scalars())
    assert known
    with snapshot(ready) as connection:
        found = stored_alerts(connection, rules, TOPIC, LATENESS, Quiet())
        tags = read_tags(connection)
    assert {alert.id for alert in found.alerts} == known
    assert found.tags == tags


def test_a_dry_run_on_stored_points_changes_no_row_and_queues_no_webhook(filled: Engine) -> None:
    before = everything(filled)
    found = run_json("rules", "test", "current.toml")
    backtested = run_json("backtest", "--rules", "new.toml")
    assert run("rules", "test", "current.toml").exit_code == run("backtest", "--rules", "new.toml").exit_code == 0
    assert sum(row["alerts"] for row in found["rules"]) == len(found["alerts"]) > 0
    assert len(backtested["changes"]) > 0
    assert everything(filled) == before


def test_postgres_itself_refuses_to_write_in_a_dry_run(filled: Engine) -> None:
    with pytest.raises(StorageError), snapshot(filled) as connection:
        connection.execute(text("DELETE FROM outbox"))


def test_a_dry_run_counts_per_rule_day_and_severity(filled: Engine) -> None:
    found = run_json("rules", "test", "current.toml")
    for row in found["rules"]:
        mine = [alert for alert in found["alerts"] if alert["rule"] == row["rule"]]
        assert row["alerts"] == len(mine) == sum(row["by_day"].values()) == sum(row["severity"].values())
    assert found["posts"] > 400
    assert found["days"] > 1.9
    assert "nothing was written" in run("rules", "test", "current.toml").output


def test_a_file_never_replayed_leads_to_what_the_stream_would_raise(
    settings: None, monkeypatch: pytest.MonkeyPatch, engine: Engine, database_url: str
) -> None:
    Path("posts.jsonl").write_text("\n".join(json.dumps(post) for post in posts()))
    of_file = run_json("rules", "test", "current.toml", "--csv", "posts.jsonl")
    assert of_file["alerts"]
    from dataclasses import replace

    rules = load_rules(Path("current.toml"))
    oracle = make_oracle(rules=rules)
    oracle = replace(oracle, reader=replace(make_pipeline(engine).reader, key=DEMO_SECRET.encode()))
    expected = oracle.run(to_log([*posts(), tick(NOW)]))
    assert {alert["id"] for alert in of_file["alerts"]} == set(expected.alerts)
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    before = everything(engine)
    assert run_json("backtest", "--rules", "new.toml", "--csv", "posts.jsonl")["changes"]
    assert everything(engine) == before


def test_a_dry_run_tells_of_posts_that_no_rule_counts(settings: None) -> None:
    said = ["so angry", "so angry", "the bus leaves at four", "So angry!"]
    rows = [f"2025-01-0{day},ada,{text}" for day, text in enumerate(said, 1)]
    Path("posts.csv").write_text("\n".join(["created_at,author,text", *rows]))
    words = ("rules", "test", "current.toml", "--csv", "posts.csv")
    repeats = run_json(*words)["repeats"]
    assert 1 <= repeats <= 2
    assert f"{repeats} posts repeat what their author said before" in run(*words).output


def test_people_who_opted_out_are_not_read_in_a_dry_run_either(
    settings: None, monkeypatch: pytest.MonkeyPatch, engine: Engine, database_url: str
) -> None:
    Path("posts.jsonl").write_text("\n".join(json.dumps(post) for post in posts()))
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    words = ("rules", "test", "current.toml", "--csv", "posts.jsonl")
    people = {alert["subject"] for alert in run_json(*words)["alerts"] if alert["subject_kind"] == "person"}
    with transaction(engine) as connection:
        connection.execute(text("INSERT INTO opt_outs (person) VALUES (:one)"), {"one": min(people)})
    after = {alert["subject"] for alert in run_json(*words)["alerts"]}
    assert min(people) not in after


def test_a_backtest_tells_what_comes_goes_and_moves(filled: Engine) -> None:
    found = run_json("backtest", "--rules", "new.toml", "--against", "current.toml")
    for row in found["rules"]:
        assert row["before"] == row["same"] + row["moved"] + row["gone"]
        assert row["after"] == row["same"] + row["moved"] + row["came"]
    assert found["before"]["version"] != found["after"]["version"]
    assert {change["kind"] for change in found["changes"]} & {"came", "gone", "moved"}
    for side in ("before", "after"):
        assert sum(day[side] for day in found["by_day"]) == found[side]["alerts"]
        assert found[side]["a_moderator_hour"] == pytest.approx(found[side]["a_day"] / 8, abs=1e-3)
    text_form = run("backtest", "--rules", "new.toml", "--against", "current.toml", "--hours-per-day", "4").output
    assert "alerts a moderator hour" in text_form
    assert "author-" not in text_form


def test_a_backtest_against_itself_finds_no_change(filled: Engine) -> None:
    found = run_json("backtest", "--rules", "current.toml")
    assert found["changes"] == []
    assert found["before"] | {"version": ""} == found["after"] | {"version": ""}


def test_a_rule_on_trial_costs_no_moderator_time(filled: Engine) -> None:
    Path("trial.toml").write_text(RULES.replace("threshold", "shadow = true\nthreshold"))
    found = run_json("backtest", "--rules", "trial.toml")
    assert found["after"]["alerts"] == 0 < found["before"]["alerts"] == found["after"]["unsent"]["on trial"]
    assert [row["shadow"] for row in found["rules"]] == [[False, True], [False, True]]


def test_a_backtest_of_a_stretch_counts_only_its_alerts_but_warms_up_on_all(filled: Engine) -> None:
    whole = run_json("rules", "test", "current.toml")["alerts"]
    middle = sorted(alert["at"] for alert in whole)[len(whole) // 2]
    late = run_json("backtest", "--rules", "current.toml", "--since", middle)
    assert late["after"]["alerts"] == sum(alert["at"] >= middle for alert in whole)
    assert run("backtest", "--rules", "new.toml", "--since", "2026-01-02", "--until", "2026-01-01").exit_code == 2


def test_options_of_files_want_a_file(settings: None) -> None:
    result = run("rules", "test", "current.toml", "--map", "text=2")
    assert result.exit_code == 2
    assert "--map goes with --csv" in result.stderr


def test_workers_go_on_while_a_backtest_holds_its_snapshot(filled: Engine) -> None:
    later = [post | {"id": f"late-{post['id']}"} for post in posts()[:50]]
    with snapshot(filled) as connection:
        counted = connection.execute(text("SELECT count(*) FROM points")).scalar_one()
        process(filled, to_log([*posts(), tick(END), *later]), 512)
        assert connection.execute(text("SELECT count(*) FROM points")).scalar_one() == counted
    with transaction(filled) as connection:
        assert connection.execute(text("SELECT count(*) FROM points")).scalar_one() > counted


def test_a_dry_run_opens_no_connection_but_to_postgres(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver of Postgres speaks below Python, so whatever else is called would be seen here."""
    called: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: called.append(address))
    monkeypatch.setenv("TIDELINE_WEBHOOK_URL", "http://127.0.0.1:9/hook")
    assert run_json("backtest", "--rules", "new.toml")["changes"]
    assert run_json("rules", "test", "new.toml")["alerts"]
    assert called == []


def test_the_shipped_rules_are_in_use_where_none_are_named(settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIDELINE_RULES")
    shipped = load_rules(None)
    assert run_json("rules", "check") == {"ok": True, "rules": len(shipped.all), "version": shipped.version}
    assert [row["version"] for row in run_json("rules", "show")["rules"]] == [rule.version for rule in shipped.all]


def test_a_database_with_no_points_leads_to_no_alerts(
    settings: None, engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    assert run_json("rules", "test", "new.toml")["alerts"] == []
    assert run_json("backtest", "--rules", "new.toml")["after"]["a_day"] == 0
    assert run("backtest", "--rules", "new.toml").exit_code == 0


def test_a_file_or_table_that_is_not_there_is_named(settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (("rules", "test", "new.toml", "--csv", "none.csv"), ("backtest", "--rules", "none.toml")):
        result = run(*words)
        assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
        assert "none." in result.stderr
    assert "TIDELINE_DATABASE" in run("rules", "test", "new.toml").stderr
