import json
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
import requests
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from alerts.delivery.receiver import Receiver, serving
from alerts.delivery.webhook import body_of, headers_of, split_secrets
from stream.cli import main
from stream.cli_deliver import _line
from tests.storage.test_outbox import put

SECRET = "a-long-enough-secret-for-signing-webhooks"


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("TIDELINE_PSEUDONYM_KEY", SECRET[::-1])
    monkeypatch.setenv("TIDELINE_KAFKA", "127.0.0.1:1")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_deliver_once_empties_the_outbox(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(engine, 1, 2, 3)
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    with serving(Receiver(split_secrets(SECRET))) as receiver:
        monkeypatch.setenv("TIDELINE_WEBHOOK_URL", receiver.url)
        result, again = run("deliver", "--once", "--json"), run("deliver", "--once", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["delivered"] == receiver.counts["verified"] == 3
    assert (again.exit_code, json.loads(again.output)["delivered"]) == (0, 0)


def test_deliver_tells_by_its_exit_code_that_the_receiver_is_gone_until_it_is_enabled(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(engine, 1)
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    receiver = Receiver(split_secrets(SECRET))
    take, receiver.take = receiver.take, lambda headers, body: 410  # type: ignore[method-assign]
    with serving(receiver):
        monkeypatch.setenv("TIDELINE_WEBHOOK_URL", receiver.url)
        result, again = run("deliver", "--once"), run("deliver", "--once")
        receiver.take = take  # type: ignore[method-assign]
        run("endpoints", "enable", "settings")
        mended = run("deliver", "--once", "--json")
    assert (result.exit_code, again.exit_code, mended.exit_code) == (3, 3, 0)
    assert "410 Gone" in result.output
    assert "tideline endpoints enable" in again.output
    assert json.loads(mended.output)["delivered"] == 1


def test_another_address_in_the_setting_begins_afresh(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(engine, 1)
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    gone = Receiver(split_secrets(SECRET))
    gone.take = lambda headers, body: 410  # type: ignore[method-assign]
    with serving(gone), serving(Receiver(split_secrets(SECRET))) as desk:
        monkeypatch.setenv("TIDELINE_WEBHOOK_URL", gone.url)
        assert run("deliver", "--once").exit_code == 3
        monkeypatch.setenv("TIDELINE_WEBHOOK_URL", desk.url)
        assert run("deliver", "--once").exit_code == 0
    assert desk.counts == {"verified": 1}


def test_deliver_without_a_receiver_says_what_to_set(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    result = run("deliver", "--once")
    assert result.exit_code == 1
    assert "TIDELINE_WEBHOOK_URL" in result.output


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://10.1.2.3/hook", "leads inward"),
        ("http://169.254.169.254/latest/meta-data", "leads inward"),
        ("http://127.1:8090/", "leads inward"),
        ("http://user:word@example.org/", "must not carry a user"),
        ("ftp://example.org/", "TIDELINE_WEBHOOK_URL"),
    ],
)
def test_an_address_in_the_setting_that_leads_inward_is_refused_at_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    monkeypatch.setenv("TIDELINE_WEBHOOK_URL", url)
    result = run("deliver", "--once")
    assert result.exit_code == 1
    assert said in result.output
    assert "meta-data" not in result.output


def test_a_name_that_cannot_be_looked_up_now_is_tried_again(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put(engine, 1)
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    monkeypatch.setenv("TIDELINE_WEBHOOK_URL", "http://nowhere.invalid/hook")
    result = run("deliver", "--once", "--json")
    assert json.loads(result.output)["retried"] == 1
    assert "cannot be found" in caplog.text


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


def test_receive_shows_what_is_in_the_dialect_of_another_receiver_as_it_came() -> None:
    assert [_line(each, False) for each in ([{"labels": {}}], {"text": "Alert"})] == [
        '[{"labels":{}}]', '{"text":"Alert"}',
    ]  # fmt: skip
    assert _line({"type": "heartbeat", "data": {"at": "now"}}, False) == "heartbeat now"


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
