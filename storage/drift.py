"""What arrived on a day, with each person counted once; and what was found of the days before."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, text

from models.labels import EMOTIONS

DRIFT_LOCK = 7_404_014  # advisory: one check at a time
GROUPS = 6  # of lengths


class Key(NamedTuple):
    """What was measured: of a language, or of an emotion in a language."""

    measure: str
    part: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A mean over people's days; `spread` is the standard deviation between people."""

    key: Key
    people: int
    mean: float
    spread: float


@dataclass(frozen=True, slots=True)
class DayRow:
    """A line of `drift_days`."""

    day: date
    measure: str
    part: str
    people: int
    value: float
    spread: float
    usual: float | None
    q: float | None
    drifted: bool
    told: bool

    @property
    def key(self) -> Key:
        return Key(self.measure, self.part)

    @property
    def shown(self) -> tuple[float, float | None]:
        """Value and usual as people read them: lengths are kept as logarithms."""
        if self.measure != "length":
            return self.value, self.usual
        return math.expm1(self.value), None if self.usual is None else math.expm1(self.usual)


_MEANS = ", ".join(f"avg(scores[{place}]) / 1000.0 AS score{place}" for place in range(1, len(EMOTIONS) + 1))
_BEST = f"greatest({', '.join(f'scores[{place}]' for place in range(1, len(EMOTIONS) + 1))})"
_LEADS = ", ".join(
    f"avg((array_position(scores, {_BEST}) = {place})::int) AS lead{place}" for place in range(1, len(EMOTIONS) + 1)
)
_LENGTHS = ", ".join(f"avg((width_bucket(words, :bounds) = {group})::int) AS length{group}" for group in range(GROUPS))
_PARTS = ", ".join(
    [f"('emotion', o.language || ' {name}', o.score{place})" for place, name in enumerate(EMOTIONS, 1)]
    + [f"('lead', o.language || ' {name}', o.lead{place})" for place, name in enumerate(EMOTIONS, 1)]
    + [f"('group', o.language || ' {group}', o.length{group})" for group in range(GROUPS)]
    + ["('length', o.language, o.length)", "('unknown', o.language, o.strange)"]
)
_DAY = text(
    f"""
    WITH of_language AS MATERIALIZED (
        SELECT person, coalesce(language, '') AS language, count(*) AS posts, count(abstained) AS abstained,
               avg(ln(1 + words)) AS length,
               sum(unknown)::float8 / nullif(sum(words) FILTER (WHERE unknown IS NOT NULL), 0) AS strange,
               {_MEANS}, {_LEADS}, {_LENGTHS}
        FROM points
        WHERE sent_at >= :begins AND sent_at < :ends AND NOT late AND NOT retweet
        GROUP BY 1, 2
    ), of_person AS (
        SELECT person, sum(posts) AS posts, sum(abstained)::float8 / sum(posts) AS abstained
        FROM of_language GROUP BY 1
    ), shares AS (
        SELECT o.language, o.posts / p.posts AS share FROM of_language AS o JOIN of_person AS p USING (person)
    ), everybody AS (SELECT count(*)::float8 AS people FROM of_person)
    SELECT v.measure, v.part, count(*)::int, avg(v.value)::float8, coalesce(stddev_samp(v.value), 0)::float8
    FROM of_language AS o, LATERAL (VALUES {_PARTS}) AS v(measure, part, value)
    WHERE v.value IS NOT NULL AND o.language <> '' GROUP BY 1, 2
    UNION ALL
    SELECT 'abstained', '', count(*)::int, avg(abstained), coalesce(stddev_samp(abstained), 0)
    FROM of_person HAVING count(*) > 0
    UNION ALL  -- who wrote nothing in a language has a share of none in it
    SELECT 'language', language, e.people::int, (sum(share) / e.people)::float8,
           sqrt(greatest(sum(share * share) / e.people - (sum(share) / e.people) ^ 2, 0))::float8
    FROM shares, everybody AS e WHERE language <> '' GROUP BY language, e.people
    """  # noqa: S608 only numbers and names of emotions are formatted in
)
_FIELDS = [field.name for field in fields(DayRow)]
_TYPES = ("date", "text", "text", "int", "float8", "float8", "float8", "float8", "bool", "bool")
_SAVE = text(
    f"INSERT INTO drift_days ({', '.join(_FIELDS)}) SELECT * FROM unnest("  # noqa: S608 fixed names
    + ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in zip(_FIELDS, _TYPES, strict=True))
    + ") ON CONFLICT DO NOTHING"
)


def measured_day(connection: Connection, day: date, bounds: Sequence[int]) -> list[Measured]:
    """Of a closed day (UTC). Late posts and other people's words are left out: the stream has not heard of them.

    `length` is the logarithm of one more than the words; `lead` and `group` are the shares of posts that an emotion
    leads and that fall between two of the `bounds` of lengths.
    """
    begins = datetime.combine(day, time.min, UTC)
    values = {"begins": begins, "ends": begins + timedelta(days=1), "bounds": list(bounds)}
    return [Measured(Key(*row[:2]), *row[2:]) for row in connection.execute(_DAY, values)]


def read_days(connection: Connection, since: date, before: date) -> list[DayRow]:
    """Oldest first."""
    statement = text(
        f"SELECT {', '.join(_FIELDS)} FROM drift_days "  # noqa: S608 fixed names
        "WHERE day >= :since AND day < :before ORDER BY day, measure, part"
    )
    return [DayRow(*row) for row in connection.execute(statement, {"since": since, "before": before})]


def save_days(connection: Connection, rows: Iterable[DayRow]) -> None:
    """What is there stays: a day is judged once."""
    columns = list(zip(*map(astuple, rows), strict=True))
    if columns:
        connection.execute(_SAVE, {name: list(column) for name, column in zip(_FIELDS, columns, strict=True)})


def last_day(connection: Connection) -> date | None:
    """The last day that was judged."""
    found: date | None = connection.execute(text("SELECT max(day) FROM drift_days")).scalar()
    return found


def days_with_posts(connection: Connection, since: date, before: date) -> list[date]:
    """Oldest first. By what everybody's hours say, so that no point is read."""
    statement = text(
        "SELECT DISTINCT (day AT TIME ZONE 'UTC')::date FROM everyone_days "
        "WHERE day >= :since AND day < :before AND posts > 0 ORDER BY 1"
    )
    values = {"since": datetime.combine(since, time.min, UTC), "before": datetime.combine(before, time.min, UTC)}
    return list(connection.execute(statement, values).scalars())


def lock_drift(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": DRIFT_LOCK})
