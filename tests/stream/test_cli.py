"""The front door, on real Postgres: what commands print, in text and in JSON, and how they fail."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from storage.database import transaction
from storage.progress import register_partitions
from stream.cli import main
from stream.posts import pseudonym
from stream.settings import DEMO_SECRET
from tests.stream.helpers import NOW, PARTITIONS, TOPIC, records, tick, to_log
from tests.stream.test_pipeline import history, process

NOWHERE = "127.0.0.1:1"


@pytest.fixture
def configured(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"MODE": "demo", "DATABASE": database_url, "KAFKA": NOWHERE, "MODEL": "keywords"}.items():
        monkeypatch.setenv(f"TIDELINE_{name}", value)


def run(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, words, input=stdin)


def run_json(*words: str, stdin: str = "") -> Any:
    result = run(*words, "--json", stdin=stdin)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def filled(configured: None, engine: Engine) -> Engine:
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    process(engine, to_log([*history()[:800], b"not json at all", b"{}", tick(NOW - timedelta(days=1))]), 256)
    return engine


def test_dlq_list_tells_reason_and_place_but_no_payload(filled: Engine) -> None:
    found = run_json("dlq", "list")
    assert found["open"] == {"missing_field": 1, "not_json": 1}
    assert {letter["topic"] for letter in found["letters"]} == {TOPIC}
    assert "not json at all" not in run("dlq", "list").output


def test_dlq_list_can_be_narrowed_to_a_reason(filled: Engine) -> None:
    assert [letter["reason"] for letter in run_json("dlq", "list", "--reason", "not_json")["letters"]] == ["not_json"]


def test_dlq_show_takes_the_beginning_of_an_id_and_shows_the_message_only_when_asked(filled: Engine) -> None:
    whole = run_json("dlq", "list", "--reason", "not_json")["letters"][0]["id"]
    assert "payload" not in run_json("dlq", "show", whole[:12])
    assert run_json("dlq", "show", whole[:12], "--payload")["payload"] == "not json at all"


def test_dlq_show_of_nothing_says_where_to_look(filled: Engine) -> None:
    result = run("dlq", "show", "ffffffff")
    assert result.exit_code == 1
    assert "dlq list" in result.stderr


def test_dlq_redrive_without_a_broker_changes_nothing(filled: Engine) -> None:
    result = run("dlq", "redrive", "--all")
    assert result.exit_code == 1
    assert "nothing was changed" in result.stderr
    assert sum(run_json("dlq", "list")["open"].values()) == 2


def test_dlq_redrive_wants_to_be_told_which(filled: Engine) -> None:
    assert run("dlq", "redrive").exit_code == 2


def test_dlq_purge_asks_first_and_can_keep_the_young(filled: Engine) -> None:
    assert run("dlq", "purge", stdin="n\n").exit_code == 1
    assert run_json("dlq", "purge", "--yes", "--older-than", "1") == {"purged": 0}
    assert run_json("dlq", "purge", "--yes", "--reason", "not_json") == {"purged": 1}
    assert run_json("dlq", "list")["open"] == {"missing_field": 1}


def test_a_series_is_found_by_pseudonym_by_day_and_by_hour(filled: Engine) -> None:
    person = run("people", "pseudonym", "--source", "test", stdin="author-3\n").output.strip()
    assert person == pseudonym(DEMO_SECRET.encode(), "test", "author-3")
    with transaction(filled) as connection:
        known = str(connection.execute(text("SELECT person FROM points WHERE NOT repeated LIMIT 1")).scalar_one())
    days, hours = run_json("series", known), run_json("series", known, "--step", "hour")
    assert 0 < len(days) < len(hours)
    assert sum(day["posts"] for day in days) == sum(hour["posts"] for hour in hours)
    assert all(0 <= day["sadness"] <= 1 for day in days)


def test_a_series_wants_a_pseudonym(filled: Engine) -> None:
    result = run("series", "author-3")
    assert result.exit_code == 1
    assert "pseudonym" in result.stderr


def test_expire_deletes_words_whose_time_is_over_and_keeps_points(filled: Engine) -> None:
    with transaction(filled) as connection:
        connection.execute(text("UPDATE post_texts SET expires_at = '2020-01-01'"))
        words = connection.execute(text("SELECT count(*) FROM post_texts")).scalar_one()
    gone = {"texts": words, "label_texts": 0, "points": 0, "cases": 0, "deliveries": 0, "shadow": 0}
    assert run_json("expire") == gone
    with transaction(filled) as connection:
        assert connection.execute(text("SELECT count(*) FROM post_texts")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM points")).scalar_one() > 700


def test_status_counts_what_is_there_even_without_a_broker(filled: Engine) -> None:
    found = run_json("status")
    assert found["points"]["points"] == 800
    assert found["dead_letters"] == {"missing_field": 1, "not_json": 1}
    assert len(found["partitions"]) == PARTITIONS


def test_status_warns_when_a_file_older_than_the_stream_was_replayed(configured: None, engine: Engine) -> None:
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    process(engine, to_log([tick(NOW), *records(200)]), 256)
    assert "came late" in run("status").output


def test_doctor_says_ok_or_what_to_do_for_every_part(configured: None) -> None:
    found = run("doctor", "--json")
    assert found.exit_code == 1
    checks = {check["what"]: check for check in json.loads(found.stdout)["checks"]}
    assert not checks["broker"]["ok"]
    assert "tideline up" in checks["broker"]["says"]
    assert all(check["ok"] for what, check in checks.items() if what != "broker")


def test_doctor_makes_secrets_only_when_asked(configured: None, tmp_path: Path) -> None:
    run("doctor")
    assert not (tmp_path / ".env").exists()
    assert run("doctor", "--make-secrets").exit_code == 0
    assert (tmp_path / ".env").exists()


@pytest.mark.parametrize(
    ("setting", "value", "advice"),
    [
        ("DATABASE", "postgresql://u:p@127.0.0.1:1/d", "tideline up"),
        ("DATABASE", "mysql://u:p@127.0.0.1/d", "only postgresql works"),
        ("DATABASE", "nonsense", "postgresql+psycopg2://"),
        ("DATABASE", "", "TIDELINE_DATABASE"),
        ("BATCH_SIZE", "0", "TIDELINE_BATCH_SIZE"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_advice(
    configured: None, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, advice: str
) -> None:
    monkeypatch.setenv(f"TIDELINE_{setting}", value)
    result = run("status")
    assert result.exit_code == 1
    assert advice in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_an_unmigrated_database_is_named_as_such(
    postgres: str, monkeypatch: pytest.MonkeyPatch, configured: None
) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", postgres)
    result = run("status")
    assert result.exit_code == 1
    assert "tideline migrate" in result.stderr


def test_a_wrong_password_is_named_as_such_and_not_printed(
    database_url: str, monkeypatch: pytest.MonkeyPatch, configured: None
) -> None:
    from sqlalchemy.engine import make_url

    wrong = make_url(database_url).set(password="wrong-canary").render_as_string(hide_password=False)
    monkeypatch.setenv("TIDELINE_DATABASE", wrong)
    result = run("status")
    assert result.exit_code == 1
    assert "refused the login" in result.stderr
    assert "wrong-canary" not in result.output


def test_debug_shows_the_traceback(configured: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", "nonsense")
    result = CliRunner().invoke(main, ["--debug", "status"])
    assert result.exit_code == 1
    assert result.exc_info is not None
    assert not isinstance(result.exception, SystemExit)


def test_verify_finds_a_tampered_database(configured: None, engine: Engine, tmp_path: Path) -> None:
    """`verify` itself must be able to fail: the same rows, one number changed."""
    from stream.log_order import in_log
    from stream.sequence import ReplayOptions, messages
    from tests.stream.helpers import make_pipeline

    path = tmp_path / "posts.jsonl"
    path.write_text("\n".join(json.dumps(post) for post in history()[:300]))
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    from dataclasses import replace

    pipeline = make_pipeline(engine)
    pipeline = replace(pipeline, reader=replace(pipeline.reader, key=DEMO_SECRET.encode()))
    for message in [list(in_log(messages([str(path)], ReplayOptions()), PARTITIONS))]:
        pipeline.process(message)
    sound = run("verify", str(path), "--json")
    assert json.loads(sound.stdout)["differences"] == 0, sound.output
    assert sound.exit_code == 0
    with transaction(engine) as connection:
        connection.execute(
            text("UPDATE points SET scores[1] = scores[1] + 1 WHERE key = (SELECT min(key::text)::uuid FROM points)")
        )
    tampered = run("verify", str(path), "--json")
    assert tampered.exit_code == 1
    assert json.loads(tampered.stdout)["differing"]["points"] == 1
