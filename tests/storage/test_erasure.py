"""Who opts out is gone from every table, whatever was written there about them, and does not come back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from alerts.rules import Rules, load_rules
from storage.database import transaction
from storage.progress import register_partitions
from stream.cli import main
from stream.messages import Message
from stream.posts import pseudonym
from stream.progress import Quiet
from stream.rebuild import rebuild
from tests.stream.challengers import pipeline_with, trial
from tests.stream.crowds import AFRAID, BEGIN, crowd, crowd_rules, moment
from tests.stream.helpers import KEY, LATENESS, PARTITIONS, TOPIC, batches, record, tick, to_log

AUTHOR = "neighbour-7"
PERSON = pseudonym(KEY, "test", AUTHOR)
NOW = BEGIN + timedelta(days=5, hours=12, minutes=15)
RULES = Rules((*crowd_rules().all, *load_rules(None).channel))  # which remembers who spoke lately
ABOUT = {
    "alert_verdicts", "alerts", "case_history", "cases", "channel_states", "day_tests", "deliveries",
    "delivery_attempts", "forecasts", "golden_posts", "label_leases", "label_texts", "post_verdicts",
    "person_states", "points", "shadow_alerts", "shadow_points", "shadow_states", "silences",
    "waiting_channel_posts", "waiting_posts",
}  # fmt: skip
BY_ID = {
    "alert_verdicts", "alerts", "case_alerts", "case_history", "cases", "deliveries", "golden_posts", "label_leases",
    "label_texts", "post_verdicts", "outbox", "points", "post_keys", "post_texts",
    "shadow_points",
}  # fmt: skip


class Echo(BaseHTTPRequestHandler):
    """A receiver that refuses, and says about whom."""

    def do_POST(self) -> None:
        found = json.loads(self.rfile.read(int(self.headers["content-length"])))
        said = f"no desk for {found['data'].get('subject')}".encode()
        self.send_response(500)
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def echoing() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def theirs(minutes: int, number: int, words: str) -> dict[str, Any]:
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    return record(910_000 + number, author=AUTHOR, text=f"{words} {number}", sent_at=at, channel="channel-1")


def the_log() -> list[Message]:
    """Afraid for hours, angry in a channel's last closed minutes, and heard once more in those that are open."""
    afraid = [theirs(90 + 35 * number, number, AFRAID) for number in range(12)]
    last = [theirs(25, 90, "i am furious, angry and full of hate"), theirs(1, 91, "i am furious and angry")]
    before = [post for post in crowd() if moment(post) < NOW]
    return to_log([*sorted([*before, *afraid, *last], key=moment), tick(NOW)])


def work(engine: Engine, log: list[Message]) -> None:
    pipeline = pipeline_with(engine, rules=RULES)
    for batch in batches(log, 256):
        pipeline.process(batch)


def tideline(*arguments: str, said: str | None = None, code: int = 0) -> str:
    found = CliRunner().invoke(main, list(arguments), input=said)
    assert found.exit_code == code, found.output
    return found.output


def tables_with(engine: Engine, *words: str) -> set[str]:
    """The tables that hold any of these words, also within bytes."""
    with transaction(engine) as connection:
        names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        rows = {name: connection.execute(text(f"SELECT t::text FROM {name} AS t")).scalars().all() for name in names}
    forms = [form for word in words for form in (word, word.encode().hex(), word.replace("-", ""))]
    return {name for name, found in rows.items() if any(form in row for row in found for form in forms)}


def ids_of(engine: Engine) -> list[str]:
    """Of the person's alerts and cases, and the keys of the posts."""
    statement = (
        "SELECT id::text FROM alerts WHERE subject = :person UNION SELECT id::text FROM cases WHERE subject = :person "
        "UNION SELECT key::text FROM points WHERE person::text = :person"
    )
    with transaction(engine) as connection:
        return list(connection.execute(text(statement), {"person": PERSON}).scalars())


def cases(person: str | None = None) -> list[str]:
    about = ("--person", person) if person else ()
    return [case["id"] for case in json.loads(tideline("alerts", "list", "--state", "all", "--json", *about))["cases"]]


@pytest.fixture
def known(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A database in which the person stands wherever a person can stand, put there by the commands."""
    for name, value in {"MODE": "demo", "DATABASE": database_url, "PSEUDONYM_KEY": KEY.decode()}.items():
        monkeypatch.setenv(f"TIDELINE_{name}", value)
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    trial(engine)
    work(engine, the_log())
    own, *_ = cases(PERSON)
    other = next(case for case in cases() if case not in cases(PERSON))
    tideline("alerts", "claim", own, "--by", "mia")
    tideline("alerts", "close", other, "--reason", "other", "--note", f"the same as {PERSON}", "--by", "mia")
    with echoing() as url:
        monkeypatch.setenv("TIDELINE_WEBHOOK_URL", url)
        tideline("deliver", "--once", code=3)
    tideline("alerts", "silence", "--person", PERSON, "--for", "7d", "--reason", "in touch", "--by", "mia")
    tideline("forecast", "--all", "--store")
    be_labelled(engine)
    return engine


def be_labelled(engine: Engine) -> None:
    """A verdict with consent about a post of theirs, an agreed label, a question to a labeller, and a case judged."""
    with transaction(engine) as connection:  # the clock of the commands is not that of the pipeline
        connection.execute(text("UPDATE post_texts SET expires_at = now() + interval '1 day'"))
        key = connection.execute(
            text("SELECT min(key::text) FROM points WHERE person = :p"), {"p": PERSON}
        ).scalar_one()
    tideline("label", "post", key, "joy", "--consent", "--as", "noa", "--reason", f"about {PERSON}")
    tideline("label", "golden", "add", key, "fear", "--as", "noa")
    tideline("label", "next", "--queue", "golden", "--json", "--as", "mia")
    tideline("label", "alert", ids_of_alerts(engine)[0], "right", "--as", "noa")


def ids_of_alerts(engine: Engine) -> list[str]:
    with transaction(engine) as connection:
        statement = text("SELECT id::text FROM alerts WHERE subject = :person")
        return list(connection.execute(statement, {"person": PERSON}).scalars())


def test_a_person_is_gone_from_every_table(known: Engine) -> None:
    ids = ids_of(known)
    assert tables_with(known, PERSON) >= ABOUT
    assert tables_with(known, *ids) >= BY_ID
    tideline("people", "opt-out", "--source", "test", said=AUTHOR)
    assert tables_with(known, PERSON) == {"opt_outs"}
    assert tables_with(known, *ids) == set()
    assert cases(), "what is about others stays"


def test_nothing_that_runs_afterwards_brings_the_person_back(known: Engine) -> None:
    tideline("people", "opt-out", "--source", "test", said=AUTHOR)
    work(known, the_log())
    work(known, to_log([*(post for post in crowd() if moment(post) >= NOW), tick(BEGIN + timedelta(days=9))]))
    rebuild(known, RULES, TOPIC, LATENESS, "keywords-2", Quiet(), send=True)
    tideline("forecast", "--all", "--store")
    with echoing():
        tideline("deliver", "--once", code=3)
    assert tables_with(known, PERSON) == {"opt_outs"}


def test_an_alert_about_a_channel_no_longer_names_their_posts_and_its_parts_still_sum(known: Engine) -> None:
    before = channel_evidence(known)
    key = before["posts"][0]["key"]
    with transaction(known) as connection:
        person = connection.execute(text("SELECT person::text FROM points WHERE key::text = :k"), {"k": key}).scalar()
    author = next(name for name in (f"angry-{n}" for n in range(30)) if pseudonym(KEY, "test", name) == person)
    tideline("people", "opt-out", "--source", "test", said=author)
    after = channel_evidence(known)
    assert after["posts"] == before["posts"][1:]
    assert total(after) == pytest.approx(total(before), abs=1e-6)
    assert tables_with(known, key) == set()


def channel_evidence(engine: Engine) -> dict[str, Any]:
    with transaction(engine) as connection:
        statement = text("SELECT evidence FROM alerts WHERE subject_kind = 'channel' ORDER BY at, id LIMIT 1")
        found: dict[str, Any] = connection.execute(statement).scalar_one()
    return found


def total(evidence: dict[str, Any]) -> float:
    return float(evidence["rest"] + sum(post["contribution"] for post in evidence["posts"]))
