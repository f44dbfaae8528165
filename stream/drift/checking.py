"""Judging the days that have closed, each once, and telling the operators of what changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine

from models.drift.profile import BOUNDS, Profile
from models.drift.testing import PAST
from storage.database import transaction
from storage.deliveries import enqueue
from storage.drift import DayRow, days_with_posts, last_day, lock_drift, measured_day, read_days, save_days
from stream.community import community_bound
from stream.drift.judging import Day, judge
from stream.drift.telling import message

FIRST_LOOK = timedelta(days=60)
"""How far back the first check goes, and one after a long pause."""


@dataclass(frozen=True)
class Watch:
    """What a check needs to know. `profiles`: by language, what its model learned from."""

    topic: str
    lateness: timedelta
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    link: str = ""


def check(engine: Engine, watch: Watch, now: datetime, most: int | None = None) -> list[DayRow]:
    """Judge every day that has closed since the last check; returns what was told of. Running it again adds nothing.

    A day has closed when every partition has passed it. Each is judged in a transaction of its own, together with
    its message. `most` leaves the rest for another time.
    """
    with transaction(engine) as connection:
        days = _due(connection, watch)[:most]
    told: list[DayRow] = []
    for day in days:
        with transaction(engine) as connection:
            told += _check_day(connection, watch, day, now)
    return told


def _due(connection: Connection, watch: Watch) -> list[date]:
    bound = community_bound(connection, watch.topic, watch.lateness)
    if bound is None:
        return []
    last = last_day(connection)
    earliest = bound.date() - FIRST_LOOK
    return days_with_posts(connection, max(earliest, last + timedelta(days=1)) if last else earliest, bound.date())


def _check_day(connection: Connection, watch: Watch, day: date, now: datetime) -> list[DayRow]:
    lock_drift(connection)
    last = last_day(connection)
    if last is not None and last >= day:  # somebody else was here
        return []
    before = read_days(connection, day - timedelta(days=PAST), day)
    rows = judge(Day(day, measured_day(connection, day, BOUNDS), before), watch.profiles)
    save_days(connection, rows)
    told = [row for row in rows if row.told]
    if told:
        enqueue(connection, [message(day, told, watch.link)], now)
    return told
