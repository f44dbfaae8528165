"""Days of people and channels as sums, read for forecasts: one subject at once, or all in one pass.

Repeats, retweets and posts without scores do not count for a person. A channel's days are those of its hourly sums.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from sqlalchemy import Connection, text

from storage.series import EMOTION_COUNT


class DaySums(NamedTuple):
    """The scored posts of one subject's day (UTC), and the sums of their scores in thousandths."""

    subject: str
    day: date
    posts: int
    sums: tuple[int, ...]


_SCORES = ", ".join(f"sum(scores[{place}])::bigint" for place in range(1, EMOTION_COUNT + 1))
_SUMS = ", ".join(f"sum(sums[{place}])::bigint" for place in range(1, EMOTION_COUNT + 1))
_COUNTED = "scores IS NOT NULL AND NOT repeated AND NOT retweet"
_PERSONS = (
    f"SELECT person::text, (sent_at AT TIME ZONE 'UTC')::date AS day, count(*), {_SCORES} FROM points "  # noqa: S608
    f"WHERE {_COUNTED} AND sent_at >= :since AND sent_at < :until {{only}} GROUP BY person, day ORDER BY person, day"
)
_CHANNELS = (
    f"SELECT channel, (hour AT TIME ZONE 'UTC')::date AS day, sum(scored)::bigint, {_SUMS} FROM channel_hours "  # noqa: S608
    "WHERE channel <> '' AND hour >= :since AND hour < :until {only} "
    "GROUP BY channel, day HAVING sum(scored) > 0 ORDER BY channel, day"
)
_SELECT = {"person": _PERSONS, "channel": _CHANNELS}
_ONLY = {"person": "AND person = :subject", "channel": "AND channel = :subject"}
_RECENT = {
    "person": f"SELECT count(DISTINCT person) FROM points WHERE {_COUNTED} AND sent_at >= :since AND sent_at < :until",  # noqa: S608
    "channel": "SELECT count(DISTINCT channel) FROM channel_hours "
    "WHERE channel <> '' AND scored > 0 AND hour >= :since AND hour < :until",
}


def read_days(connection: Connection, kind: str, subject: str, since: date, until: date) -> list[DaySums]:
    """One subject's days from `since` on and before `until`."""
    statement = text(_SELECT[kind].format(only=_ONLY[kind]))
    rows = connection.execute(statement, {"subject": subject, **_between(since, until)})
    return [DaySums(row[0], row[1], row[2], tuple(row[3:])) for row in rows]


def stream_days(connection: Connection, kind: str, since: date, until: date) -> Iterator[DaySums]:
    """Everybody's days, each subject's together and in order; rows are fetched as they are needed."""
    statement = text(_SELECT[kind].format(only="")).execution_options(stream_results=True, yield_per=5000)
    for row in connection.execute(statement, _between(since, until)):
        yield DaySums(row[0], row[1], row[2], tuple(row[3:]))


def count_recent(connection: Connection, kind: str, since: date, until: date) -> int:
    """How many subjects have a scored post in that time."""
    return int(connection.execute(text(_RECENT[kind]), _between(since, until)).scalar_one())


def newest_day(connection: Connection, until: date) -> date | None:
    """The last day before `until` that has a post, of anybody, in any channel or none."""
    statement = text("SELECT (max(hour) AT TIME ZONE 'UTC')::date FROM channel_hours WHERE hour < :until")
    found: date | None = connection.execute(statement, {"until": _midnight(until)}).scalar()
    return found


def sum_everybody(connection: Connection, since: date, until: date) -> tuple[int, tuple[int, ...]]:
    """How many posts were scored in that time, and the sums of their scores in thousandths."""
    statement = text(
        f"SELECT coalesce(sum(scored), 0)::bigint, {_SUMS} FROM channel_hours WHERE hour >= :since AND hour < :until"  # noqa: S608
    )
    row = connection.execute(statement, _between(since, until)).one()
    return row[0], tuple(value or 0 for value in row[1:])


def _between(since: date, until: date) -> dict[str, datetime]:
    return {"since": _midnight(since), "until": _midnight(until)}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
