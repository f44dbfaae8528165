"""`tideline endpoints` and `tideline deliveries`, through the front door."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text
from standardwebhooks import Webhook

from storage.deliveries import enqueue
from stream.cli import main
from tests.alerts.receivers import half, reply, scripted
from tests.alerts.sending import message

SECRET = "a-canary-secret-of-more-than-thirty-two-characters"


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    for name in ("WEBHOOK_SECRET", "PSEUDONYM_KEY", "SEAL_KEY"):
        monkeypatch.setenv(f"TIDELINE_{name}", f"{SECRET}-{name}")
    monkeypatch.setenv("TIDELINE_ALLOW_PRIVATE_ENDPOINTS", "true")
    monkeypatch.delenv("TIDELINE_WEBHOOK_URL", raising=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def good(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def add(name: str, url: str, *more: str) -> str:
    return str(json.loads(good("endpoints", "add", name, url, "--json", *more))["secret"])


def put(engine: Engine, *numbers: int) -> None:
    with engine.begin() as connection:
        enqueue(connection, [message(number) for number in numbers], datetime.now(UTC))


def test_an_added_endpoint_is_sent_to_with_a_secret_that_the_reference_library_knows(engine: Engine) -> None:
    with scripted(reply(204)) as desk:
        secret = add("desk", desk.url)
        put(engine, 1, 2)
        assert json.loads(good("deliver", "--once", "--json"))["delivered"] == 2
    for headers, body in zip(desk.got, desk.bodies, strict=True):
        Webhook(secret).verify(body, headers)


def test_while_a_secret_is_replaced_both_sign_and_then_the_new_one_alone(engine: Engine) -> None:
    with scripted(reply(204)) as desk:
        old = add("desk", desk.url)
        new = json.loads(good("endpoints", "rotate", "desk", "--keep-old", "1h", "--json"))["secret"]
        put(engine, 1)
        good("deliver", "--once")
        Webhook(old).verify(desk.bodies[0], desk.got[0])
        Webhook(new).verify(desk.bodies[0], desk.got[0])
        with engine.begin() as connection:
            connection.execute(text("UPDATE endpoint_secrets SET expires_at = now() WHERE expires_at IS NOT NULL"))
        put(engine, 2)
        good("deliver", "--once")
    Webhook(new).verify(desk.bodies[1], desk.got[1])
    assert len(desk.got[1]["webhook-signature"].split()) == 1


def test_addresses_and_secrets_lie_sealed_and_are_shown_nowhere(engine: Engine) -> None:
    with scripted(reply(500, b"you sent /canary-path")) as desk:
        secret = add("desk", desk.url)
        put(engine, 1)
        said = [run("deliver", "--once").output, good("endpoints", "list"), good("endpoints", "list", "--json")]
        said += [good("deliveries", "list", "--attempts"), good("deliveries", "list", "--json")]
    with engine.connect() as connection:
        for table in ("endpoints", "endpoint_secrets", "deliveries", "delivery_attempts"):
            said += map(str, connection.execute(text(f"SELECT x::text FROM {table} AS x")).scalars())
    everything = "\n".join(said)
    assert "127.0.0.1" in everything
    for canary in ("canary-path", secret, secret.removeprefix("whsec_"), SECRET):
        assert canary not in everything


def test_another_seal_key_is_one_clear_sentence_and_the_old_one_may_stay_beside_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted(reply(204)) as desk:
        add("desk", desk.url)
        monkeypatch.setenv("TIDELINE_SEAL_KEY", "another-key-of-more-than-thirty-two-characters")
        wrong = run("endpoints", "test", "desk")
        assert wrong.exit_code == 1
        assert "put the old TIDELINE_SEAL_KEY back" in wrong.output
        put(engine, 1)
        assert run("deliver", "--once").exit_code == 1
        both = f"another-key-of-more-than-thirty-two-characters {SECRET}-SEAL_KEY"
        monkeypatch.setenv("TIDELINE_SEAL_KEY", both)
        assert good("endpoints", "test", "desk").startswith("taken")
        good("endpoints", "reseal")
        monkeypatch.setenv("TIDELINE_SEAL_KEY", "another-key-of-more-than-thirty-two-characters")
        assert good("endpoints", "test", "desk").startswith("taken")


@pytest.mark.parametrize(
    ("key", "said"), [("tideline-demo-secret-not-for-real-people", "the public demo secret"), ("short", "too short")]
)
def test_a_weak_seal_key_is_refused(monkeypatch: pytest.MonkeyPatch, key: str, said: str) -> None:
    monkeypatch.setenv("TIDELINE_SEAL_KEY", key)
    result = run("endpoints", "add", "desk", "http://127.0.0.1:8090/")
    assert result.exit_code == 1
    assert f"TIDELINE_SEAL_KEY is {said}" in result.output
    assert "--make-secrets" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("desk", "http://127.0.0.1:8090/"), "leads inward"),
        (("desk", "http://[::ffff:10.0.0.1]/"), "leads inward"),
        (("desk", "http://169.254.169.254/"), "leads inward"),
        (("desk", "http://0x7f.1:8090/"), "leads inward"),
        (("desk", "file:///etc/passwd"), "must be http"),
        (("desk", "https://user:canary@example.org/"), "must not carry a user"),
        (("desk", "http://93.184.216.34:25/"), "port 25"),
        (("Desk!", "http://93.184.216.34/"), "cannot be the name"),
        (("settings", "http://93.184.216.34/"), "TIDELINE_WEBHOOK_URL names"),
        (("desk", "http://93.184.216.34/", "--rate", "0/minute"), "is no rate"),
        (("desk", "http://93.184.216.34/", "--heartbeat", "often"), "is not a length of time"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.delenv("TIDELINE_ALLOW_PRIVATE_ENDPOINTS")
    result = run("endpoints", "add", *arguments)
    assert result.exit_code != 0
    assert said in result.output
    assert "canary" not in result.output
    assert "Traceback" not in result.output
    assert json.loads(good("endpoints", "list", "--json")) == []


def test_a_name_is_given_once(engine: Engine) -> None:
    add("desk", "http://127.0.0.1:8090/")
    again = run("endpoints", "add", "desk", "http://127.0.0.1:8091/")
    assert (again.exit_code, "already" in again.output) == (1, True)


def test_trying_an_endpoint_says_how_it_went() -> None:
    with scripted(reply(204), reply(500, b"out of order"), half(200)) as desk:
        add("desk", desk.url)
        first, second, third = (run("endpoints", "test", "desk", "--json") for _ in range(3))
        told = good("endpoints", "test", "desk")
    assert [each.exit_code for each in (first, second, third)] == [0, 1, 0]
    assert json.loads(second.output)["said"] == "out of order"
    assert re.fullmatch(r"taken after \d+ ms: HTTP 200 half\n", told)
    assert json.loads(desk.bodies[0])["type"] == "endpoint.test"
    assert run("endpoints", "test", "nobody").exit_code == 1


def test_disabling_enabling_and_recovering(engine: Engine) -> None:
    with scripted(reply(204)) as desk, scripted(reply(204)) as other:
        add("desk", desk.url)
        add("other", other.url)
        assert good("endpoints", "disable", "desk") == "desk is disabled\n"
        put(engine, 1)
        good("deliver", "--once")
        assert "DISABLED (disabled by hand)" in good("endpoints", "list")
        late = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        assert "endpoints enable desk" in good("deliveries", "recover", "--endpoint", "desk", "--since", late)
        good("endpoints", "enable", "desk")
        found = json.loads(good("deliveries", "recover", "--endpoint", "desk", "--since", "1h", "--json"))
        assert "`tideline deliver` sends it" in good("deliveries", "recover", "--endpoint", "desk", "--since", "1h")
        assert found == {"failed": 0, "missed": 1}
        good("deliver", "--once")
    assert desk.ids == other.ids == ["message-1"]


def test_deliveries_are_listed_with_their_attempts_and_sent_again(engine: Engine) -> None:
    with scripted(reply(503, b"not now", Retry_After="60"), reply(204)) as desk:
        add("desk", desk.url)
        put(engine, 1)
        assert run("deliver", "--once").exit_code == 3
        [found] = json.loads(good("deliveries", "list", "--endpoint", "desk", "--state", "pending", "--json"))
        assert [(one["status"], one["said"]) for one in found["log"]] == [(503, "HTTP 503: not now")]
        assert "payload" not in found
        assert "HTTP 503" in good("deliveries", "list", "--since", "1h", "--attempts")
        good("endpoints", "enable", "desk")
        good("deliveries", "resend", str(found["id"]))
        good("deliver", "--once")
    assert [row["state"] for row in json.loads(good("deliveries", "list", "--json"))] == ["delivered"]
    late = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert good("deliveries", "list", "--since", late) == "no such deliveries\n"
    assert "there is no delivery 999" in run("deliveries", "resend", "999").output
    assert "there is no endpoint" in run("deliveries", "list", "--endpoint", "nobody").output


def test_removing_an_endpoint_with_something_waiting_must_be_meant(engine: Engine) -> None:
    add("desk", "http://127.0.0.1:8090/")
    put(engine, 1)
    refused = run("endpoints", "remove", "desk")
    assert (refused.exit_code, "--yes" in refused.output) == (1, True)
    good("endpoints", "remove", "desk", "--yes")
    assert good("endpoints", "list").startswith("no endpoints")
    assert "there is no endpoint" in run("endpoints", "remove", "desk").output


def test_the_secret_of_the_settings_endpoint_is_rotated_in_the_settings() -> None:
    result = run("endpoints", "rotate", "settings")
    assert (result.exit_code, "TIDELINE_WEBHOOK_SECRET" in result.output) == (1, True)
