import json
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from alerts.receiver import Receiver, serving
from alerts.webhook import body_of, headers_of, split_secrets
from stream.cli import main
from tests.storage.test_outbox import put

SECRET = "a-long-enough-secret-for-signing-webhooks"


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("TIDELINE_PSEUDONYM_KEY", SECRET[::-1])
    monkeypatch.setenv("TIDELINE_KAFKA", "127.0.0.1:1")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_rules_check_accepts_the_shipped_rules_and_names_the_line_of_a_fault(tmp_path: Path) -> None:
    good = run("rules", "check", "--json")
    assert (good.exit_code, json.loads(good.output)["rules"]) == (0, 5)
    path = tmp_path / "bad.toml"
    path.write_text('[[rules]]\nname = "a"\ndetector = "level"\nsubject = "person"\nemotion = "x"\nthreshold = 0.5\n')
    bad = run("rules", "check", str(path))
    assert bad.exit_code == 1
    assert f"{path}, line 5: emotion: there is no emotion 'x'" in bad.output


def test_rules_show_lists_every_rule_with_its_version() -> None:
    shown = json.loads(run("rules", "show", "--json").output)
    assert len(shown["rules"]) == 5
    assert all(rule["version"] in run("rules", "show").output for rule in shown["rules"])


def test_deliver_once_empties_the_outbox(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(engine, 1, 2, 3)
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    with serving(Receiver(split_secrets(SECRET))) as receiver:
        monkeypatch.setenv("TIDELINE_WEBHOOK_URL", receiver.url)
        result = run("deliver", "--once", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["delivered"] == receiver.counts["verified"] == 3


def test_deliver_tells_by_its_exit_code_that_the_receiver_is_gone(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(engine, 1)
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    receiver = Receiver(split_secrets(SECRET))
    receiver.take = lambda headers, body: 410  # type: ignore[method-assign]
    with serving(receiver):
        monkeypatch.setenv("TIDELINE_WEBHOOK_URL", receiver.url)
        result = run("deliver", "--once")
    assert result.exit_code == 3
    assert "410 Gone" in result.output


def test_deliver_without_a_receiver_says_what_to_set(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    result = run("deliver", "--once")
    assert result.exit_code == 1
    assert "TIDELINE_WEBHOOK_URL" in result.output


def test_receive_verifies_prints_and_stops_on_sigterm() -> None:
    command = [sys.executable, "-m", "stream.cli", "receive", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        assert process.stderr is not None
        url = process.stderr.readline().split()[-1]
        body = body_of({"type": "alert.raised", "data": {}})
        headers = headers_of(split_secrets(SECRET), "msg_1", int(datetime.now(UTC).timestamp()), body)
        assert [requests.post(url, body, headers=headers, timeout=10).status_code for _ in range(2)] == [204, 204]
        assert requests.post(url, body, headers={**headers, "webhook-id": "x"}, timeout=10).status_code == 401
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
        watchdog.cancel()
    assert json.loads(out) == json.loads(body)
    assert json.loads(err) == {"verified": 1, "repeated": 1, "refused": 1}
    assert process.returncode == 0


def test_receive_on_a_port_in_use_says_so() -> None:
    with serving(Receiver([b"key"])) as receiver:
        result = run("receive", "--port", str(receiver.server_address[1]))
    assert result.exit_code == 1
    assert "choose another with --port" in result.output


def test_deliver_goes_on_until_sigterm_and_then_ends_cleanly(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(engine, 1)
    arrived = threading.Event()
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    with serving(Receiver(split_secrets(SECRET), on_alert=lambda _: arrived.set())) as receiver:
        monkeypatch.setenv("TIDELINE_WEBHOOK_URL", receiver.url)
        command = [sys.executable, "-m", "stream.cli", "deliver", "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert arrived.wait(60)
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert json.loads(out)["delivered"] == 1
