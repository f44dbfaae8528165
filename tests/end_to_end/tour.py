"""One walk through Tideline by its commands alone, and everything that it said, sent and stored on the way."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from sqlalchemy import text

from alerts.delivery.receiver import Receiver, serving
from alerts.delivery.webhook import split_secrets
from storage.database import make_engine, transaction
from stream.services.embedded import down, running
from stream.services.process import free_port
from stream.settings import DEMO_SECRET
from tests.end_to_end.histories import Row, history, write_csv
from tests.end_to_end.waiting import eventually

ROOT = Path(__file__).parents[2]
CANARY_TEXT = "zanzibarquokka"
CANARY_AUTHOR = "author-xylophonewombat"
DRIFTING = "person-0"
# Every logger of ours at DEBUG. Only kafka-python's own DEBUG prints what it sends, and no command turns that on.
LOUD = (
    "import logging, sys; logging.basicConfig(level=logging.DEBUG); "
    "logging.getLogger('kafka').setLevel(logging.INFO); from stream.cli import main; main(sys.argv[1:])"
)


@dataclass
class Said:
    """What one command printed and how it ended."""

    command: str
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Tour:
    """The record of the walk. `tables` holds every row of every table as Postgres prints it."""

    folder: Path
    environment: dict[str, str]
    said: dict[str, Said] = field(default_factory=dict)
    tables: dict[str, list[str]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    received: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)
    letters: list[bytes] = field(default_factory=list)
    metrics: str = ""
    health: str = ""
    files: dict[str, str] = field(default_factory=dict)

    def tideline(self, name: str, *arguments: str, **more: str) -> Said:
        """Run a command and keep what it says under a name."""
        done = subprocess.run(
            [sys.executable, "-c", LOUD, *arguments],
            cwd=self.folder, env=self.environment | more, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        self.said[name] = Said(" ".join(arguments), done.returncode, done.stdout, done.stderr)
        return self.said[name]


class Recorder(Receiver):
    """A receiver that also keeps the raw requests."""

    raw: list[str]

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.raw.append(f"{headers} {body.decode()}")
        return super().take(headers, body)


def walk(folder: Path) -> Tour:
    tour = Tour(folder, environment(folder))
    file = write_csv(folder / "posts.csv", with_canaries(history(3)))
    try:
        tour.tideline("up", "up", "--json")
        with worker(tour) as port:
            tour.tideline("first replay", "replay", "--json", str(file))
            wait_until_caught_up(tour, "status after the first")
            tour.tideline("second replay", "replay", "--no-progress", str(file))
            wait_until_caught_up(tour, "status")
            tour.metrics = read(f"http://127.0.0.1:{port}/metrics")
            tour.tideline("health", "health", "--ready")
        deliver(tour)
        tour.tideline("verify", "verify", "--json", str(file))
        look_around(tour)
        collect(tour)
    finally:
        tour.tideline("down", "down")
        down(folder / ".tideline")
    return tour


def environment(folder: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TIDELINE_")}
    return clean | {
        "TIDELINE_MODE": "demo",
        "TIDELINE_MODEL": "keywords",
        "TIDELINE_PARTITIONS": "3",
        "TIDELINE_SESSION_SECONDS": "6",
        "TIDELINE_HEALTH_FILE": str(folder / "health.json"),
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }


def with_canaries(rows: list[Row]) -> list[Row]:
    """The canaries sing in the posts of somebody who raises an alert, in broken rows and in posts set aside."""
    found = [
        (source, name, CANARY_AUTHOR, f"{words} {CANARY_TEXT}", at, channel) if author == DRIFTING
        else (source, name, author, words, at, channel)
        for source, name, author, words, at, channel in rows
    ]  # fmt: skip
    bird = ("forum", "c-1", CANARY_AUTHOR, f"broken {CANARY_TEXT}", "no time at all", "room-1")
    early = ("forum", "c-2", CANARY_AUTHOR, f"early {CANARY_TEXT}", "2999-01-01T00:00:00+00:00", "room-1")
    long_named = ("forum", "c-3", CANARY_AUTHOR * 20, f"long {CANARY_TEXT}", found[50][4], "room-1")
    return [*found[:50], bird, long_named, *found[50:], early]


@contextmanager
def worker(tour: Tour) -> Iterator[int]:
    """A worker process until the block ends; what it said is kept."""
    port, log = free_port(), tour.folder / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", LOUD, "worker"],
            cwd=tour.folder, env=tour.environment | {"TIDELINE_METRICS_PORT": str(port)},
            stdout=output, stderr=output,
        )  # fmt: skip
    try:
        yield port
        tour.health = (tour.folder / "health.json").read_text()
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    finally:
        process.kill()
        tour.said["worker"] = Said("worker", process.wait(), "", log.read_text())


def wait_until_caught_up(tour: Tour, name: str) -> None:
    """Until the log was read to its end and what follows a batch is done as well: two looks find the same."""
    seen: list[Any] = [None]

    def settled() -> bool:
        found = tour.tideline(name, "status", "--json").json
        seen.append([found[part] for part in ("partitions", "alerts", "outbox", "waiting")])
        read = found["partitions"] and all(row["behind"] == 0 for row in found["partitions"])
        return read and not any(found["waiting"].values()) and seen[-1] == seen[-2]

    eventually(settled, 60, "the worker has caught up", poll=0.3)


def deliver(tour: Tour) -> None:
    receiver = Recorder(split_secrets(DEMO_SECRET))
    receiver.raw = tour.requests
    with serving(receiver):
        tour.tideline("deliver", "deliver", "--once", "--json", TIDELINE_WEBHOOK_URL=receiver.url)
        tour.tideline("deliver again", "deliver", "--once", "--json", TIDELINE_WEBHOOK_URL=receiver.url)
    tour.received, tour.counts = list(receiver.seen), dict(receiver.counts)


def look_around(tour: Tour) -> None:
    """Everything else that reports."""
    tour.tideline("status as text", "status")
    tour.tideline("dlq list", "dlq", "list")
    letters = tour.tideline("dlq list as json", "dlq", "list", "--json").json["letters"]
    tour.tideline("dlq show", "dlq", "show", letters[0]["id"])
    tour.tideline("dlq show as json", "dlq", "show", letters[-1]["id"], "--json")
    tour.tideline("dry run", "replay", "--dry-run", str(tour.folder / "posts.csv"))
    tour.tideline("doctor", "doctor", "--json")
    look_at_alerts(tour)


def look_at_alerts(tour: Tour) -> None:
    """What moderators and those who tend the rules see, all but the one screen that is asked for words."""
    rules = str(ROOT / "alerts" / "rules.toml")
    tour.tideline("alerts list", "alerts", "list")
    cases = tour.tideline("alerts list as json", "alerts", "list", "--json").json["cases"]
    first = cases[0]["id"]
    tour.tideline("alerts claim", "alerts", "claim", first, "--by", "mia")
    for case in cases:
        tour.tideline(f"alerts show {case['id']}", "alerts", "show", case["id"])
    tour.tideline("alerts show as json", "alerts", "show", first, "--json")
    tour.tideline("alerts silence", "alerts", "silence", first, "--for", "7d", "--reason", "seen to")
    tour.tideline("alerts silences", "alerts", "silences")
    tour.tideline("alerts expected", "alerts", "expected")
    tour.tideline("deliveries", "deliveries", "list", "--json")
    tour.tideline("endpoints", "endpoints", "list")
    tour.tideline("rules test", "rules", "test", rules)
    tour.tideline("backtest", "backtest", "--rules", rules, "--json")
    tour.tideline("forecast", "forecast", "--all", "--store")
    about = ("--channel",) if cases[0]["subject_kind"] == "channel" else ()
    tour.tideline("forecast of one", "forecast", *about, cases[0]["subject"])
    tour.tideline("alerts escalate", "alerts", "escalate", first, "--by", "mia")
    receiver = Recorder(split_secrets(DEMO_SECRET))
    receiver.raw = tour.requests
    with serving(receiver):
        tour.tideline("deliver to the lead", "deliver", "--once", TIDELINE_WEBHOOK_URL=receiver.url)


def collect(tour: Tour) -> None:
    services = running(tour.folder / ".tideline")
    assert services is not None
    engine = make_engine(services.database)
    with transaction(engine) as connection:
        names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        for name in names:
            tour.tables[name] = list(connection.execute(text(f"SELECT t::text FROM {name} AS t")).scalars())
    engine.dispose()
    for record in dead_letters(services.kafka):
        tour.headers.append(f"{record.key} {record.headers}")
        tour.letters.append(record.value)
    for path in (tour.folder / ".tideline").rglob("*"):
        if path.is_file() and "data" not in path.relative_to(tour.folder / ".tideline").parts:
            tour.files[path.name] = path.read_text(errors="replace")


def dead_letters(kafka: str) -> list[Any]:
    consumer = KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", consumer_timeout_ms=1500)
    try:
        consumer.assign([TopicPartition("posts.dead", 0)])
        return list(consumer)
    finally:
        consumer.close()


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())
