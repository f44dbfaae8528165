"""Canaries in secrets, paths, keys and passwords are looked for in everything that delivery writes or prints."""

import base64
import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from alerts.delivery.attempt import Target
from alerts.delivery.redaction import cut, secret_forms
from alerts.delivery.webhook import split_secrets
from storage.delivery_log import list_deliveries
from stream.cli import main
from stream.delivering import delivery_config, mailbox_of
from stream.settings import read_settings
from tests.alerts.receivers import reply, scripted
from tests.alerts.sending import SECRET, Time, config, endpoint, message, once, put

TABLES = ("endpoints", "endpoint_secrets", "deliveries", "delivery_attempts")


def echo(request: BaseHTTPRequestHandler, number: int) -> None:
    """A receiver that answers with all it was sent: path, headers, and what it knows of the secret."""
    said = f"bad request to {request.path} with {request.headers} signed with {SECRET} "
    reply(400, said.encode() + base64.b64encode(SECRET.encode()))(request, number)


def written(engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        for table in TABLES:
            yield from connection.execute(text(f"SELECT x::text FROM {table} AS x")).scalars()
        yield repr(list_deliveries(connection))


def test_a_receiver_that_echoes_our_secrets_gets_them_into_no_table_and_no_log(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    clock = Time()
    with scripted(echo) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(number) for number in range(1, 8)])
        for _ in range(3):
            once(engine, clock)
            clock.sleep(600)
    everything = caplog.text + "\n".join(written(engine))
    signature = desk.got[0]["webhook-signature"].removeprefix("v1,")
    assert "bad request to" in everything
    for canary in ("canary", SECRET, base64.b64encode(SECRET.encode()).decode()[:12], signature):
        assert canary not in everything


def test_what_is_kept_of_an_answer_is_short_and_printable(engine: Engine) -> None:
    with scripted(reply(500, b"\x00\x1b[31mred\r\n" + "ü".encode() * 100_000)) as desk:
        endpoint(engine, desk.url)
        put(engine, [message(1)])
        once(engine, Time())
    with engine.connect() as connection:
        [said] = connection.execute(text("SELECT said FROM delivery_attempts")).scalars()
    assert said.isprintable()
    assert said.startswith("HTTP 500: [31mred")
    assert len(said) <= len("HTTP 500: ") + 120


@pytest.mark.parametrize("length", range(8, len(SECRET)))
def test_a_secret_cut_off_at_the_end_of_what_was_read_is_hidden_too(length: int) -> None:
    forms = secret_forms("https://desk.example/hook", split_secrets(SECRET), "v1,c2lnbmF0dXJl")
    assert SECRET[:8] not in cut(f"your secret is {SECRET[:length]}".encode(), forms)


def test_no_secret_stands_in_any_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WEBHOOK_SECRET", "SEAL_KEY", "PSEUDONYM_KEY"):
        monkeypatch.setenv(f"TIDELINE_{name}", SECRET)
    monkeypatch.setenv("TIDELINE_WEBHOOK_URL", "https://desk.example/canary-path")
    monkeypatch.setenv("TIDELINE_SMTP_URL", "smtp://user:canary@mail.example")
    monkeypatch.setenv("TIDELINE_MAIL_TO", "ops@example.org")
    settings = read_settings()
    target = Target("desk", "https://desk.example/canary-path", split_secrets(SECRET))
    said = repr([settings, delivery_config(settings), mailbox_of(settings), target, config()])
    assert "canary" not in said
    assert "desk.example" in said


def test_a_traceback_asked_for_shows_no_address(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--debug` shows where something failed, and even then only the host of an endpoint."""
    monkeypatch.setenv("TIDELINE_DATABASE", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("TIDELINE_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("TIDELINE_PSEUDONYM_KEY", SECRET)
    monkeypatch.setenv("TIDELINE_WEBHOOK_URL", "http://10.0.0.1/canary-path")
    result = CliRunner().invoke(main, ["--debug", "deliver", "--once"])
    assert "leads inward" in str(result.exception)
    assert "canary" not in str(result.exception) + result.output
