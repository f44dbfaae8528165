"""Series: a person's emotions by hour or day, and hourly sums per channel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, text

from storage.points import NewPoint

EMOTION_COUNT = 7


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One hour or day of one person: how many posts were scored and their mean scores, 0 to 1."""

    start: datetime
    posts: int
    means: tuple[float, ...]


def person_series(
    connection: Connection,
    person: str,
    step: Literal["hour", "day"] = "day",
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[SeriesPoint]:
    """A person's series; repeats, retweets and abstained posts do not count."""
    means = ", ".join(f"avg(scores[{place}]) / 1000.0" for place in range(1, EMOTION_COUNT + 1))
    statement = text(
        f"""
        SELECT date_trunc(:step, sent_at, 'UTC') AS start, count(*), ARRAY[{means}]::float8[]
        FROM points
        WHERE person = :person AND scores IS NOT NULL AND NOT repeated AND NOT retweet
          AND sent_at >= coalesce(:since, '-infinity'::timestamptz)
          AND sent_at < coalesce(:until, 'infinity'::timestamptz)
        GROUP BY 1 ORDER BY 1
        """  # noqa: S608 only numbers are formatted in
    )
    rows = connection.execute(statement, {"step": step, "person": person, "since": since, "until": until})
    return [SeriesPoint(start, posts, tuple(means)) for start, posts, means in rows]


@dataclass(slots=True)
class HourSum:
    """Sums of one channel's hour in thousandths: whole numbers, the same in any order."""

    posts: int = 0
    scored: int = 0
    sums: list[int] = field(default_factory=lambda: [0] * EMOTION_COUNT)

    def add(self, scores: tuple[int, ...] | None) -> None:
        self.posts += 1
        if scores is not None:
            self.scored += 1
            self.sums = [total + score for total, score in zip(self.sums, scores, strict=True)]


HourKey = tuple[str, datetime, int]  # channel, hour, log partition


def sum_hours(points: Iterable[NewPoint]) -> dict[HourKey, HourSum]:
    """Sum points into (channel, hour, partition). Posts without a channel count under the empty name."""
    hours: dict[HourKey, HourSum] = {}
    for point in points:
        hour = point.sent_at.replace(minute=0, second=0, microsecond=0)
        hours.setdefault((point.channel or "", hour, point.partition), HourSum()).add(point.scores)
    return hours


def add_hours(connection: Connection, hours: Mapping[HourKey, HourSum]) -> None:
    """Add sums to what the hours already hold, in key order."""
    if not hours:
        return
    sums = ", ".join(f"h.sums[{place}] + EXCLUDED.sums[{place}]" for place in range(1, EMOTION_COUNT + 1))
    keys = sorted(hours)
    connection.execute(
        text(
            f"""
            INSERT INTO channel_hours AS h (channel, hour, partition, posts, scored, sums)
            SELECT channel, hour, partition, posts, scored, CAST(sums AS bigint[])
            FROM unnest(CAST(:channels AS text[]), CAST(:hours AS timestamptz[]), CAST(:partitions AS smallint[]),
                        CAST(:posts AS int[]), CAST(:scored AS int[]), CAST(:sums AS text[]))
                 AS row(channel, hour, partition, posts, scored, sums)
            ON CONFLICT (channel, hour, partition) DO UPDATE
            SET posts = h.posts + EXCLUDED.posts, scored = h.scored + EXCLUDED.scored, sums = ARRAY[{sums}]
            """  # noqa: S608 only numbers are formatted in
        ),
        {
            "channels": [key[0] for key in keys],
            "hours": [key[1].isoformat() for key in keys],
            "partitions": [key[2] for key in keys],
            "posts": [hours[key].posts for key in keys],
            "scored": [hours[key].scored for key in keys],
            "sums": ["{" + ",".join(map(str, hours[key].sums)) + "}" for key in keys],
        },
    )
