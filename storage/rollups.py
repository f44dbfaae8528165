"""The sums that dashboards show: what each adds up, and how rows are added, counted again, and taken out.

A rollup says once, in SQL over `points`, what its columns are; counting again and taking a person out follow from
it. The worker adds the same numbers as they come, and `people` when an hour has closed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, TextClause, text

from storage.bulk import pg_array
from storage.series import EMOTION_COUNT

_TENTHS = 10
_BEST = f"greatest({', '.join(f'scores[{place}]' for place in range(1, EMOTION_COUNT + 1))})"
# a post that some hour heard of: not late, not somebody else's words, and no longer waiting
_COUNTED = (
    "NOT late AND NOT retweet AND NOT EXISTS (SELECT 1 FROM waiting_posts AS w WHERE w.partition = p.partition "
    "AND w.hour = date_trunc('hour', p.sent_at, 'UTC') AND w.person = p.person AND w.sent_at = p.sent_at "
    "AND w.key = p.key)"
)


@dataclass(frozen=True)
class Rollup:
    """One table of sums. Each column stands with what it is over points; keys with their type as well."""

    table: str
    keys: Mapping[str, tuple[str, str]]
    counts: Mapping[str, str]
    lists: Mapping[str, Sequence[str]]
    where: str = "true"

    @cached_property
    def adding(self) -> TextClause:
        """Add rows, given as one array a column, to what is there."""
        counts = [*self.counts, "people"]
        types = {name: kind for name, (kind, _) in self.keys.items()} | dict.fromkeys(counts, "int")
        names = [*types, *self.lists]
        arrays = [f"CAST(:{name} AS {types.get(name, 'text')}[])" for name in names]
        chosen = [*types, *(f"CAST({name} AS bigint[])" for name in self.lists)]
        changes = [f"{name} = t.{name} + EXCLUDED.{name}" for name in counts]
        changes += [f"{name} = {self._places(name, 't.{0} + EXCLUDED.{0}')}" for name in self.lists]
        return text(
            f"INSERT INTO {self.table} AS t ({', '.join(names)}) SELECT {', '.join(chosen)} "  # noqa: S608 fixed names
            f"FROM unnest({', '.join(arrays)}) AS row({', '.join(names)}) "
            f"ON CONFLICT ({', '.join(self.keys)}) DO UPDATE SET {', '.join(changes)}"
        )

    @cached_property
    def counting(self) -> TextClause:
        """Count everything but people again, into an empty table."""
        names = [*self.keys, *self.counts, *self.lists]
        return text(
            f"INSERT INTO {self.table} ({', '.join(names)}, people) SELECT *, 0 "  # noqa: S608 as above
            f"FROM ({self._of_points('true')}) AS g"
        )

    @cached_property
    def leaving(self) -> tuple[TextClause, TextClause]:
        """Take a person out whose points are still there; then the rows that nothing is left in."""
        of_person = self._of_points("person = :person", f"bool_or({_COUNTED})::int AS people")
        same = " AND ".join(f"t.{name} = g.{name}" for name in self.keys)
        changes = [f"{name} = t.{name} - g.{name}" for name in self.counts]
        changes += [f"{name} = {self._places(name, 't.{0} - g.{0}')}" for name in self.lists]
        return (
            text(
                f"UPDATE {self.table} AS t SET {', '.join(changes)}, people = greatest(t.people - g.people, 0) "  # noqa: S608
                f"FROM ({of_person}) AS g WHERE {same}"
            ),
            text(f"DELETE FROM {self.table} AS t USING ({of_person}) AS g WHERE {same} AND t.posts <= 0"),  # noqa: S608
        )

    def _places(self, name: str, form: str) -> str:
        places = (form.format(f"{name}[{place}]") for place in range(1, len(self.lists[name]) + 1))
        return f"ARRAY[{', '.join(places)}]"

    def _of_points(self, who: str, *more: str) -> str:
        columns = [f"{sql} AS {name}" for name, (_, sql) in self.keys.items()]
        columns += [f"{sql} AS {name}" for name, sql in self.counts.items()]
        columns += [f"ARRAY[{', '.join(places)}]::bigint[] AS {name}" for name, places in self.lists.items()]
        keys = ", ".join(str(place) for place in range(1, len(self.keys) + 1))
        chosen = ", ".join([*columns, *more])
        return f"SELECT {chosen} FROM points AS p WHERE {who} AND {self.where} GROUP BY {keys}"  # noqa: S608


_SUMS = [f"coalesce(sum(scores[{place}]), 0)" for place in range(1, EMOTION_COUNT + 1)]
_LEADS = [f"count(*) FILTER (WHERE array_position(scores, {_BEST}) = {p})" for p in range(1, EMOTION_COUNT + 1)]
_TOP = [
    f"count(*) FILTER (WHERE scores IS NOT NULL AND least({_BEST} / 100, {_TENTHS - 1}) = {tenth})"
    for tenth in range(_TENTHS)
]
_COUNTS = {"posts": "count(*)::int", "scored": "count(scores)::int"}
_HOUR = {"hour": ("timestamptz", "date_trunc('hour', sent_at, 'UTC')")}
_DAY = {"day": ("timestamptz", "date_trunc('day', sent_at, 'UTC')")}
_CHANNEL = {"channel": ("text", "coalesce(channel, '')")}
_LANGUAGE = {"language": ("text", "coalesce(language, '')")}
_PARTITION = {"partition": ("smallint", "partition")}

CHANNEL_HOURS = Rollup("channel_hours", _CHANNEL | _HOUR | _PARTITION, _COUNTS, {"sums": _SUMS})
CHANNEL_DAYS = Rollup("channel_days", _CHANNEL | _DAY | _PARTITION, _COUNTS, {"sums": _SUMS})
EVERYONE_HOURS = Rollup("everyone_hours", _HOUR | _PARTITION, _COUNTS, {"sums": _SUMS})
EVERYONE_DAYS = Rollup("everyone_days", _DAY | _PARTITION, _COUNTS, {"sums": _SUMS})
_MODEL = {"model": ("text", "model")} | _LANGUAGE | _PARTITION
_OF_MODEL = {"sums": _SUMS, "top": _TOP, "leads": _LEADS}
MODEL_HOURS = Rollup("model_hours", _HOUR | _MODEL, _COUNTS, _OF_MODEL)
MODEL_DAYS = Rollup("model_days", _DAY | _MODEL, _COUNTS, _OF_MODEL)
ABSTENTIONS = Rollup(
    "abstentions",
    _HOUR | _LANGUAGE | {"reason": ("text", "abstained")} | _PARTITION,
    {"posts": "count(*)::int"},
    {},
    "abstained IS NOT NULL",
)
ROLLUPS = (CHANNEL_HOURS, CHANNEL_DAYS, EVERYONE_HOURS, EVERYONE_DAYS, MODEL_HOURS, MODEL_DAYS, ABSTENTIONS)
Key = tuple[Any, ...]  # in the order of a rollup's keys
Row = tuple[Any, ...]  # in the order of its counts, then people, then its lists


def add_rows(connection: Connection, rollup: Rollup, rows: Mapping[Key, Row]) -> None:
    """Add numbers to what the table already holds, in key order."""
    if not rows:
        return
    keys = sorted(rows)
    names = [*rollup.keys, *rollup.counts, "people", *rollup.lists]
    columns = zip(*((*key, *rows[key]) for key in keys), strict=True)
    connection.execute(rollup.adding, {name: _plain(column) for name, column in zip(names, columns, strict=True)})


def _plain(column: tuple[Any, ...]) -> list[str] | list[str | None] | str | None:
    """As psycopg2 writes it fastest: what needs no quotes as one array, written out."""
    first = column[0]
    if isinstance(first, str):
        return list(column)
    if isinstance(first, list):
        return list(map(pg_array, column))
    return pg_array(column) if isinstance(first, int) else "{" + ",".join(map(datetime.isoformat, column)) + "}"


def count_again(connection: Connection) -> None:
    """Make all sums anew from the points; people are counted by whoever goes through the closed hours."""
    for rollup in ROLLUPS:
        connection.execute(text(f"DELETE FROM {rollup.table}"))  # noqa: S608 fixed names
        connection.execute(rollup.counting)


def leave_rollups(connection: Connection, person: str) -> None:
    """Take out what a person gave, while their points and waiting posts are still there.

    What was forgotten of them before (`tideline expire`) stays in the sums, and names nobody.
    """
    for rollup in ROLLUPS:
        for statement in rollup.leaving:
            connection.execute(statement, {"person": person})
