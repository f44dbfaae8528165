"""Series: a person's emotions by hour or day, and hourly sums per channel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import add
from typing import Any, Literal

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
    people: int = 0  # counted when the hour has closed
    sums: list[int] = field(default_factory=lambda: [0] * EMOTION_COUNT)

    def add(self, scores: tuple[int, ...] | None) -> None:
        self.posts += 1
        if scores is not None:
            self.scored += 1
            self.sums = [total + score for total, score in zip(self.sums, scores, strict=True)]

    def take(self, scores: Sequence[tuple[int, ...] | None]) -> list[tuple[int, ...]]:
        """Add many at once; returns those that are scored."""
        given = [each for each in scores if each is not None]
        self.posts += len(scores)
        self.scored += len(given)
        if given:
            self.sums = list(map(sum, zip(self.sums, *given, strict=True)))
        return given

    def merge(self, other: "HourSum") -> None:
        """Add what another holds of posts; people are not the sum of their parts."""
        self.posts += other.posts
        self.scored += other.scored
        self.sums = list(map(add, self.sums, other.sums))

    def as_row(self) -> tuple[Any, ...]:
        return self.posts, self.scored, self.people, self.sums


HourKey = tuple[str, datetime, int]  # channel, hour, log partition


def sum_hours(points: Iterable[NewPoint]) -> dict[HourKey, HourSum]:
    """Sum points into (channel, hour, partition). Posts without a channel count under the empty name."""
    hours: dict[HourKey, HourSum] = {}
    for point in points:
        hour = point.sent_at.replace(minute=0, second=0, microsecond=0)
        hours.setdefault((point.channel or "", hour, point.partition), HourSum()).add(point.scores)
    return hours
