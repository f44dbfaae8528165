"""What a deliverer does before each round: cases, heartbeats, endpoints that died, and what is old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from alerts.delivery.disabling import report_disabled
from alerts.delivery.heartbeat import beat
from alerts.delivery.loop import utc_now
from storage.database import transaction
from storage.delivery_log import forget_attempts
from storage.endpoint_secrets import forget_expired
from stream.delivering import mailbox_of
from stream.desk import desk_round, policy_of
from stream.settings import Settings

LOG_DAYS = 30  # how long attempts are kept
Clock = Callable[[], datetime]


def delivery_jobs(settings: Settings, engine: Engine, clock: Clock = utc_now) -> list[Callable[[], None]]:
    """Each does its work in transactions of its own."""
    mailbox = mailbox_of(settings)
    return [
        desk_round(engine, policy_of(settings), clock),
        _job(engine, beat, clock),
        _job(engine, lambda connection, now: report_disabled(connection, now, mailbox), clock),
        _hourly(_job(engine, _tidy, clock), clock),
    ]


def _tidy(connection: Connection, now: datetime) -> None:
    forget_expired(connection, now)
    forget_attempts(connection, now - timedelta(days=LOG_DAYS))


def _job(engine: Engine, work: Callable[[Connection, datetime], object], clock: Clock) -> Callable[[], None]:
    def run() -> None:
        with transaction(engine) as connection:
            work(connection, clock())

    return run


def _hourly(job: Callable[[], None], clock: Clock) -> Callable[[], None]:
    last: list[datetime] = []

    def run() -> None:
        if not last or clock() - last[-1] >= timedelta(hours=1):
            last[:] = [clock()]
            job()

    return run
