"""Which worker runs which rules: written by the workers, shown to people, and never in anybody's way."""

import json
import logging
import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from prometheus_client import generate_latest
from sqlalchemy import Engine, text

from alerts.rules import Rules, load_rules, parse_rules
from storage.database import make_engine, transaction
from storage.workers import FORGET_SECONDS, LIVE_SECONDS, live_workers
from stream.cli import main
from stream.health import Health
from stream.metrics import Metrics
from stream.presence import BEAT_SECONDS, Presence

OTHER = """\
[[rules]]
name = "fear-level"
detector = "level"
subject = "person"
emotion = "fear"
threshold = 0.5
"""
MODELS = {"en": "bilstm@1", "ko": "duo@2"}
NOWHERE = "postgresql+psycopg2://u:p@127.0.0.1:1/d"


@pytest.fixture
def configured(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"MODE": "demo", "DATABASE": database_url, "KAFKA": "127.0.0.1:1", "MODEL": "keywords"}.items():
        monkeypatch.setenv(f"TIDELINE_{name}", value)


def told(*words: str) -> Any:
    result = CliRunner().invoke(main, [*words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def presence(engine: Engine, rules: Rules | None = None, models: dict[str, str] | None = None) -> Presence:
    return Presence(engine, rules or load_rules(None), lambda: models or MODELS)


def age(engine: Engine, seconds: float) -> None:
    with transaction(engine) as connection:
        connection.execute(
            text("UPDATE workers SET seen_at = seen_at - CAST(:age AS interval)"), {"age": timedelta(seconds=seconds)}
        )


def test_a_live_worker_is_listed_with_its_rules_and_models(configured: None, engine: Engine) -> None:
    assert told("status")["workers"] == {"live": [], "warnings": []}
    presence(engine).beat()
    (worker,) = told("status")["workers"]["live"]
    rules = load_rules(None)
    assert (worker["rules"], worker["models"], worker["pid"]) == (rules.version, MODELS, os.getpid())
    shown = told("rules", "show")
    assert [row["workers"] for row in shown["rules"]] == [1] * len(rules.all)
    assert shown["workers"]["live"][0]["rule_versions"] == [rule.key for rule in rules.all]
    lines = CliRunner().invoke(main, ["status"]).output
    assert f"rules {rules.version}, models en bilstm@1, ko duo@2" in lines


def test_workers_that_differ_are_warned_about(configured: None, engine: Engine) -> None:
    presence(engine).beat()
    presence(engine, parse_rules(OTHER), {"en": "other@1"}).beat()
    warnings = told("status")["workers"]["warnings"]
    assert [warning.split(" (")[0] for warning in warnings[:2]] == [
        "workers run different rules", "workers run different models",
    ]  # fmt: skip
    assert warnings[2].startswith("1 of 2 workers do not run rules")
    assert "warning: workers run different rules" in CliRunner().invoke(main, ["rules", "show"]).output


def test_a_changed_rules_file_is_told_until_the_workers_have_started_again(
    configured: None, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    presence(engine).beat()
    (tmp_path / "mine.toml").write_text(OTHER)
    monkeypatch.setenv("TIDELINE_RULES", "mine.toml")
    shown = told("rules", "show")
    assert shown["rules"][0]["workers"] == 0
    assert "start them again" in shown["workers"]["warnings"][0]


def test_status_works_with_a_wrong_rules_file(
    configured: None, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text("nonsense")
    monkeypatch.setenv("TIDELINE_RULES", "mine.toml")
    assert told("status")["rules"] is None


def test_a_worker_that_died_leaves_the_list_by_itself(configured: None, engine: Engine) -> None:
    assert LIVE_SECONDS > 3 * BEAT_SECONDS, "a few lost beats are no death"
    presence(engine).beat()
    age(engine, LIVE_SECONDS + 1)
    assert told("status")["workers"]["live"] == []
    age(engine, FORGET_SECONDS)
    other = presence(engine)
    other.beat()
    with transaction(engine) as connection:
        assert connection.execute(text("SELECT id::text FROM workers")).scalars().all() == [other.id]


def test_a_beat_keeps_the_row_fresh_and_tells_of_a_new_model(engine: Engine) -> None:
    models = dict(MODELS)
    worker = presence(engine, models=models)
    worker.beat()
    age(engine, 30)
    models["en"] = "bilstm@2"
    worker.beat()
    with transaction(engine) as connection:
        (row,) = live_workers(connection)
    assert row.models == {"en": "bilstm@2", "ko": "duo@2"}
    assert (row.seen_at - row.started_at).total_seconds() >= 0


def test_a_worker_that_stops_takes_its_row_away(engine: Engine) -> None:
    worker, written = presence(engine), threading.Event()
    beat = worker.beat
    worker.beat = lambda: (beat(), written.set())[0]  # type: ignore[method-assign, func-returns-value]
    worker.start()
    assert written.wait(20)
    with transaction(engine) as connection:
        assert len(live_workers(connection)) == 1
    worker.stop()
    with transaction(engine) as connection:
        assert live_workers(connection) == []


def test_a_worker_without_postgres_is_neither_stopped_nor_noisy(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    worker = presence(make_engine(NOWHERE))
    assert [worker.beat() for _ in range(3)] == [False] * 3
    worker.leave()
    assert caplog.text.count("cannot be listed for now") == 1
    assert "u:p" not in caplog.text


def test_stopping_before_the_start_is_no_error(engine: Engine) -> None:
    presence(engine).stop()


def test_the_version_of_the_rules_is_in_metrics_and_in_the_health_file(tmp_path: Path) -> None:
    metrics, health = Metrics(), Health(tmp_path / "health")
    metrics.describe_rules("abc12345")
    metrics.describe_rules("def67890")
    health.rules = "def67890"
    health.beat()
    scraped = generate_latest(metrics.registry).decode()
    assert 'tideline_rules_version{version="def67890"} 1.0' in scraped
    assert "abc12345" not in scraped
    assert json.loads((tmp_path / "health").read_text())["rules"] == "def67890"
