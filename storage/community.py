"""Everybody together: hourly sums of voices, and what the community's detectors remember."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, text

from storage.series import EMOTION_COUNT
from storage.states import pack, unpack

COMMUNITY_LOCK = 7_404_006  # advisory: who evaluates the community holds it; who records people's alerts shares it
EVERYONE = "everyone"
HourKey = tuple[datetime, int, int]  # hour, log partition, circle
Circles = dict[int, tuple[int, tuple[int, ...]]]  # circle → voices, and their sums in thousandths


@dataclass(slots=True)
class VoiceSum:
    """Sums of one hour in thousandths: whole numbers, the same in any order."""

    people: int = 0
    newcomers: int = 0
    sums: list[int] = field(default_factory=lambda: [0] * EMOTION_COUNT)

    def add(self, voice: tuple[int, ...] | None, *, newcomer: bool) -> None:
        """Somebody had an hour; without a voice only as one of the day's people."""
        self.newcomers += newcomer
        if voice is not None:
            self.people += 1
            self.sums = [total + score for total, score in zip(self.sums, voice, strict=True)]

    def as_row(self) -> tuple[int, int, tuple[int, ...]]:
        return self.people, self.newcomers, tuple(self.sums)


_SUMS = ", ".join(f"h.sums[{place}] + EXCLUDED.sums[{place}]" for place in range(1, EMOTION_COUNT + 1))
_ADD = text(
    f"""
    INSERT INTO community_hours AS h (hour, partition, circle, people, newcomers, sums)
    SELECT hour, partition, circle, people, newcomers, CAST(sums AS bigint[])
    FROM unnest(CAST(:hours AS timestamptz[]), CAST(:partitions AS smallint[]), CAST(:circles AS smallint[]),
                CAST(:people AS int[]), CAST(:newcomers AS int[]), CAST(:sums AS text[]))
         AS row(hour, partition, circle, people, newcomers, sums)
    ON CONFLICT (hour, partition, circle) DO UPDATE
    SET people = h.people + EXCLUDED.people, newcomers = h.newcomers + EXCLUDED.newcomers, sums = ARRAY[{_SUMS}]
    """  # noqa: S608 only numbers are formatted in
)
_TOTALS = ", ".join(f"sum(sums[{place}])" for place in range(1, EMOTION_COUNT + 1))
_CLOSED = text(
    f"""
    SELECT hour, circle, sum(people), ARRAY[{_TOTALS}]::bigint[] FROM community_hours
    WHERE hour >= coalesce(:since, '-infinity'::timestamptz) AND hour < :before
    GROUP BY hour, circle HAVING sum(people) > 0 ORDER BY hour, circle
    """  # noqa: S608 as above
)


def add_voices(connection: Connection, hours: Mapping[HourKey, VoiceSum]) -> None:
    """Add sums to what the hours already hold, in key order."""
    keys = sorted(hours)
    if keys:
        values = {
            "hours": [hour.isoformat() for hour, _, _ in keys],
            "partitions": [partition for _, partition, _ in keys],
            "circles": [circle for _, _, circle in keys],
            "people": [hours[key].people for key in keys],
            "newcomers": [hours[key].newcomers for key in keys],
            "sums": ["{" + ",".join(map(str, hours[key].sums)) + "}" for key in keys],
        }
        connection.execute(_ADD, values)


def closed_voices(connection: Connection, since: datetime | None, before: datetime) -> list[tuple[datetime, Circles]]:
    """Every hour in which somebody had a voice, in order."""
    found: dict[datetime, Circles] = {}
    for hour, circle, people, sums in connection.execute(_CLOSED, {"since": since, "before": before}):
        found.setdefault(hour.astimezone(UTC), {})[circle] = (int(people), tuple(sums))
    return list(found.items())


def people_of_day(connection: Connection, day: date) -> int:
    """How many people had an hour on that day."""
    statement = text("SELECT coalesce(sum(newcomers), 0) FROM community_hours WHERE hour >= :begin AND hour < :end")
    begin = datetime.combine(day, time.min, UTC)
    return int(connection.execute(statement, {"begin": begin, "end": begin + timedelta(days=1)}).scalar_one())


def through_of(connection: Connection) -> datetime | None:
    """All hours before this were evaluated."""
    row = connection.execute(text("SELECT through FROM community_state WHERE name = :name"), {"name": EVERYONE}).first()
    return row[0].astimezone(UTC) if row else None


def read_community(connection: Connection) -> tuple[datetime | None, dict[str, Any]]:
    """Before which hour all were evaluated, and what is remembered of them."""
    statement = text("SELECT through, state FROM community_state WHERE name = :name")
    row = connection.execute(statement, {"name": EVERYONE}).first()
    return (row[0], unpack(row[1])) if row else (None, {})


def save_community(connection: Connection, state: Mapping[str, Any], through: datetime) -> None:
    statement = text(
        "INSERT INTO community_state (name, through, state) VALUES (:name, :through, :state) "
        "ON CONFLICT (name) DO UPDATE SET through = EXCLUDED.through, state = EXCLUDED.state"
    )
    connection.execute(statement, {"name": EVERYONE, "through": through, "state": pack(dict(state))})


def forget_community(connection: Connection) -> None:
    """Everything that a rebuild makes anew."""
    for table in ("community_hours", "community_state", "cohort_episodes", "day_tests"):
        connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 fixed names
    connection.execute(text("UPDATE alerts SET tags = '{}' WHERE tags <> '{}'"))


def lock_community(connection: Connection, *, shared: bool = False) -> None:
    """Whoever records people's alerts shares it, so that each alert either sees an episode or is seen by it."""
    name = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    connection.execute(text(f"SELECT {name}(:lock)"), {"lock": COMMUNITY_LOCK})


def read_hours_of_all(connection: Connection) -> dict[HourKey, tuple[int, int, tuple[int, ...]]]:
    """Everything, for verification."""
    rows = connection.execute(text("SELECT hour, partition, circle, people, newcomers, sums FROM community_hours"))
    return {(row[0], row[1], row[2]): (row[3], row[4], tuple(row[5])) for row in rows}


def commit_lazily(connection: Connection) -> None:
    """Do not wait for the disk at the end of this transaction.

    A crash may undo it, and then it is simply done again. Nothing that builds on it can outlive it: whoever
    commits later, and waits, has the log written up to there.
    """
    connection.execute(text("SET LOCAL synchronous_commit = off"))


def people_a_day(connection: Connection, days: int) -> tuple[int, float]:
    """(days, people): how many of the last days that have closed had any posts, and how many people a day."""
    statement = text(
        "SELECT date_trunc('day', hour, 'UTC') AS day, sum(newcomers) FROM community_hours, community_state "
        "WHERE hour < date_trunc('day', through, 'UTC') "
        "AND hour >= date_trunc('day', through, 'UTC') - make_interval(days => :days) GROUP BY 1"
    )
    found = [int(row[1]) for row in connection.execute(statement, {"days": days})]
    return len(found), sum(found) / len(found) if found else 0.0
