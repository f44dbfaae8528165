"""Posts that the challenger has scored as well, and their hourly sums."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, text

from storage.bulk import copy_rows, pg_array
from storage.waiting import WaitingInHour

EMOTION_COUNT = 7
_COLUMNS = (
    "person", "sent_at", "key", "trial", "partition", "language", "champion", "champion_scores", "challenger_scores",
)  # fmt: skip
_PLACES = range(1, EMOTION_COUNT + 1)


class ShadowScored(NamedTuple):
    """One post and what both made of it, in thousandths."""

    person: str
    sent_at: datetime
    key: str
    partition: int
    language: str | None
    champion: str
    champion_scores: tuple[int, ...]
    challenger_scores: tuple[int, ...]

    @property
    def hour(self) -> datetime:
        return self.sent_at.replace(minute=0, second=0, microsecond=0)

    @property
    def agree(self) -> bool:
        """Whether both put the same label first; the first of equals counts, as everywhere."""
        return _best(self.champion_scores) == _best(self.challenger_scores)


def _best(scores: tuple[int, ...]) -> int:
    return scores.index(max(scores))


class HourKey(NamedTuple):
    """An hour of one log partition as one champion scored it."""

    hour: datetime
    partition: int
    champion: str


@dataclass(slots=True)
class ShadowSum:
    """Whole numbers, the same in any order."""

    posts: int = 0
    agree: int = 0
    champion: list[int] = field(default_factory=lambda: [0] * EMOTION_COUNT)
    challenger: list[int] = field(default_factory=lambda: [0] * EMOTION_COUNT)

    def add(self, point: ShadowScored) -> None:
        self.posts += 1
        self.agree += point.agree
        self.champion = [a + b for a, b in zip(self.champion, point.champion_scores, strict=True)]
        self.challenger = [a + b for a, b in zip(self.challenger, point.challenger_scores, strict=True)]


def add_shadow_points(connection: Connection, trial: int, points: Sequence[ShadowScored]) -> None:
    """Store points whose keys were claimed in the same transaction, and add them to their hours."""
    if not points:
        return
    sums: dict[HourKey, ShadowSum] = {}
    for point in points:
        sums.setdefault(HourKey(point.hour, point.partition, point.champion), ShadowSum()).add(point)
    copy_rows(connection, "shadow_points", _COLUMNS, (_row(trial, point) for point in points))
    _add_sums(connection, trial, sums)


def _row(trial: int, p: ShadowScored) -> tuple[object, ...]:
    scores = pg_array(p.champion_scores), pg_array(p.challenger_scores)
    return (p.person, p.sent_at.isoformat(), p.key, trial, p.partition, p.language, p.champion, *scores)


_SUMMED = ", ".join(
    f"{side} = ARRAY[{', '.join(f'h.{side}[{place}] + EXCLUDED.{side}[{place}]' for place in _PLACES)}]"
    for side in ("champion_sums", "challenger_sums")
)
_ADD = text(
    f"""
    INSERT INTO shadow_hours AS h
        (trial, hour, partition, champion, people, posts, agree, champion_sums, challenger_sums)
    SELECT :trial, hour, partition, champion, 0, posts, agree, CAST(mine AS bigint[]), CAST(theirs AS bigint[])
    FROM unnest(CAST(:hours AS timestamptz[]), CAST(:partitions AS smallint[]), CAST(:champions AS text[]),
                CAST(:posts AS int[]), CAST(:agree AS int[]), CAST(:mine AS text[]), CAST(:theirs AS text[]))
         AS row(hour, partition, champion, posts, agree, mine, theirs)
    ON CONFLICT (trial, hour, partition, champion) DO UPDATE SET posts = h.posts + EXCLUDED.posts,
        agree = h.agree + EXCLUDED.agree,
        {_SUMMED}
    """  # noqa: S608 only numbers are formatted in
)


def _add_sums(connection: Connection, trial: int, sums: Mapping[HourKey, ShadowSum]) -> None:
    keys = sorted(sums)
    values = {
        "trial": trial,
        "hours": [key.hour.isoformat() for key in keys],
        "partitions": [key.partition for key in keys],
        "champions": [key.champion for key in keys],
        "posts": [sums[key].posts for key in keys],
        "agree": [sums[key].agree for key in keys],
        "mine": [pg_array(sums[key].champion) for key in keys],
        "theirs": [pg_array(sums[key].challenger) for key in keys],
    }
    connection.execute(_ADD, values)


_PEOPLE = text(
    """
    UPDATE shadow_hours AS h SET people = h.people + row.people
    FROM unnest(CAST(:hours AS timestamptz[]), CAST(:partitions AS smallint[]), CAST(:champions AS text[]),
                CAST(:people AS int[])) AS row(hour, partition, champion, people)
    WHERE h.trial = :trial AND h.hour = row.hour AND h.partition = row.partition AND h.champion = row.champion
    """
)


def add_people(connection: Connection, trial: int, people: Mapping[HourKey, int]) -> None:
    """Add to hours that have closed how many people both have scored in them."""
    keys = sorted(people)
    if keys:
        values = {
            "trial": trial,
            "hours": [key.hour.isoformat() for key in keys],
            "partitions": [key.partition for key in keys],
            "champions": [key.champion for key in keys],
            "people": [people[key] for key in keys],
        }
        connection.execute(_PEOPLE, values)


class Both(NamedTuple):
    """Whose scores a post got besides the challenger's own."""

    champion: str
    scores: tuple[int, ...]


def challenger_scores(connection: Connection, trial: int, posts: Iterable[WaitingInHour]) -> dict[str, Both]:
    """By key, what the challenger made of these posts, where it scored them."""
    wanted = list(posts)
    statement = text(
        "SELECT p.key::text, p.champion, p.challenger_scores FROM shadow_points AS p JOIN unnest("
        "CAST(:persons AS uuid[]), CAST(:times AS timestamptz[]), CAST(:keys AS uuid[])) AS w(person, sent_at, key) "
        "ON p.person = w.person AND p.sent_at = w.sent_at AND p.key = w.key WHERE p.trial = :trial"
    )
    values = {
        "trial": trial,
        "persons": [post.person for post in wanted],
        "times": [post.sent_at.isoformat() for post in wanted],
        "keys": [post.key for post in wanted],
    }
    rows = connection.execute(statement, values) if wanted else ()
    return {key: Both(champion, tuple(scores)) for key, champion, scores in rows}


_SUMS_OF = ", ".join(
    f"ARRAY[{', '.join(f'sum({side}_scores[{place}])' for place in _PLACES)}] AS {side}"
    for side in ("champion", "challenger")
)
_LESS = ", ".join(
    f"{side}_sums = ARRAY[{', '.join(f'h.{side}_sums[{place}] - gone.{side}[{place}]' for place in _PLACES)}]"
    for side in ("champion", "challenger")
)


def best_sql(side: str) -> str:
    """The place of the best label, from 1; of equals the first."""
    places = ", ".join(f"{side}_scores[{place}]" for place in _PLACES)
    return f"array_position({side}_scores, greatest({places}))"


AGREE = f"{best_sql('champion')} = {best_sql('challenger')}"
"""The same question as `ShadowScored.agree`, in SQL."""
_LEAVE = text(
    f"""
    UPDATE shadow_hours AS h SET people = h.people - gone.counted, posts = h.posts - gone.posts,
        agree = h.agree - gone.agree, {_LESS}
    FROM (SELECT p.trial, date_trunc('hour', sent_at, 'UTC') AS hour, partition, p.champion AS version,
                 count(*) AS posts, count(*) FILTER (WHERE {AGREE}) AS agree, {_SUMS_OF},
                 coalesce(max((s.through > date_trunc('hour', sent_at, 'UTC'))::int), 0) AS counted
          FROM shadow_points AS p LEFT JOIN shadow_states AS s ON s.person = p.person AND s.trial = p.trial
          WHERE p.person = :person GROUP BY 1, 2, 3, 4) AS gone
    WHERE h.trial = gone.trial AND h.hour = gone.hour AND h.partition = gone.partition AND h.champion = gone.version
    """  # noqa: S608 only numbers are formatted in
)


def leave_shadow(connection: Connection, person: str) -> None:
    """Take a person out of everything that a challenger led to, the sums of hours included.

    In an hour that had not closed they were not counted among the people yet.
    """
    who = {"person": person}
    connection.execute(_LEAVE, who)
    for table in ("shadow_points", "shadow_states", "shadow_alerts"):
        connection.execute(text(f"DELETE FROM {table} WHERE person = :person"), who)  # noqa: S608 fixed names
