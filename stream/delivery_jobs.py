"""What a deliverer does before each round: cases, heartbeats, endpoints that died, and what is old."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from alerts.delivery.disabling import report_disabled
from alerts.delivery.heartbeat import beat
from alerts.delivery.loop import utc_now
from storage.clock_jumps import forget_the_future
from storage.database import transaction
from storage.delivery_log import forget_attempts, forget_heartbeats
from storage.endpoint_secrets import forget_expired
from stream.delivering import mailbox_of
from stream.desk import desk_round, policy_of
from stream.settings import Settings

_log = logging.getLogger(__name__)
LOG_DAYS = 30  # how long attempts and heartbeats are kept
DRIFT_DAYS = 10  # how many days a round judges at most, so that deliveries do not wait
HOUR = timedelta(hours=1)
Clock = Callable[[], datetime]


def delivery_jobs(settings: Settings, engine: Engine, clock: Clock = utc_now) -> list[Callable[[], None]]:
    """Each does its work in transactions of its own."""
    mailbox = mailbox_of(settings)
    return [
        desk_round(engine, policy_of(settings), clock),
        _job(engine, beat, clock),
        _job(engine, lambda connection, now: report_disabled(connection, now, mailbox), clock),
        _hourly(_job(engine, _tidy, clock), clock),
        _hourly(_drift_job(settings, engine, clock), clock),
    ]


def _tidy(connection: Connection, now: datetime) -> None:
    forget_expired(connection, now)
    forget_attempts(connection, now - timedelta(days=LOG_DAYS))
    forget_heartbeats(connection, now - timedelta(days=LOG_DAYS))
    if ahead := forget_the_future(connection, now):
        _log.warning("a clock was ahead and has been set right: what waited for it (%d rows) is due now", ahead)


def _job(engine: Engine, work: Callable[[Connection, datetime], object], clock: Clock) -> Callable[[], None]:
    def run() -> None:
        with transaction(engine) as connection:
            work(connection, clock())

    return run


def _drift_job(settings: Settings, engine: Engine, clock: Clock) -> Callable[[], None]:
    """A deliverer may stand where no models are; then days are held against their own past alone."""

    def run() -> None:
        from stream.drift.checking import check
        from stream.drift.watching import watch_or_past_alone

        check(engine, watch_or_past_alone(settings), clock(), most=DRIFT_DAYS)

    return run


def _hourly(job: Callable[[], None], clock: Clock) -> Callable[[], None]:
    last: list[datetime] = []

    def run() -> None:
        now = clock()
        if not last or not timedelta(0) <= now - last[-1] < HOUR:  # also at once when the clock jumped back
            last[:] = [now]
            job()

    return run
