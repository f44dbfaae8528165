"""What tests of delivery share: endpoints, messages, a clock that only sleeping moves, and one run of the deliverer."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, text

from alerts.delivery.guard import Reach
from alerts.delivery.loop import DeliveryConfig, deliver
from alerts.delivery.sealing import Sealer
from alerts.delivery.settling import DeliverySummary
from alerts.delivery.targets import Targets
from alerts.delivery.turn import TurnOptions
from alerts.delivery.webhook import split_secrets
from storage.deliveries import Audience, Message, Severity, enqueue
from storage.endpoint_secrets import put_secret
from storage.endpoints import NewEndpoint, add_endpoint

SECRET = "a-canary-secret-that-must-not-leak-anywhere"
KEYS = split_secrets(SECRET)
SEALER = Sealer(["a-canary-seal-key-of-thirty-two-characters"])
EVERYBODY = ("moderators", "lead", "operators")
INNER = Reach(loopback=True)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = datetime(2024, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def endpoint(engine: Engine, url: str, name: str = "desk", clock: Time | None = None, **more: Any) -> None:
    """An endpoint whose receiver knows `SECRET`."""
    values = {"format": "generic", "audiences": EVERYBODY} | more
    now = (clock or Time()).now
    with engine.begin() as connection:
        new = NewEndpoint(name, SEALER.seal(url), url.split("/")[2], **values)
        assert add_endpoint(connection, new, now)
        put_secret(connection, name, SEALER.seal(SECRET), now, now)


def message(
    number: int,
    subject: str | None = None,
    severity: Severity = "medium",
    audience: Audience = "moderators",
    kind: str = "alert.raised",
) -> Message:
    data = {"alert_id": f"alert-{number}", "rule": "fear-trend", "severity": severity, "subject_kind": "person"}
    payload = {
        "type": kind,
        "timestamp": "2024-05-01T12:00:00+00:00",
        "data": data | {"subject": subject or f"person-{number}"},
    }
    return Message(f"message-{number}", kind, payload, severity, audience)


def put(engine: Engine, messages: Sequence[Message], now: datetime | None = None) -> int:
    with engine.begin() as connection:
        return enqueue(connection, messages, now or Time().now)


def config(timeout: float = 5.0, turn: float = 30.0, **more: Any) -> DeliveryConfig:
    taken = more.pop("taken", None)
    options = TurnOptions(timeout, turn, taken=taken)
    return DeliveryConfig(Targets(SEALER, reach=INNER), options, idle_seconds=0.02, **more)


def once(engine: Engine, clock: Time, settings: DeliveryConfig | None = None, **more: Any) -> DeliverySummary:
    """One run that delivers what is due. Nothing is waited for in real time."""
    return deliver(engine, settings or config(), once=True, clock=clock, sleep=clock.sleep, random=Random(1), **more)


def rows(engine: Engine, columns: str = "state, attempts, last_status", table: str = "deliveries") -> list[Any]:
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY 1, 2"))
        return [tuple(row) for row in found]


def states(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT state FROM deliveries")).scalars())
