"""What a comparison of champion and challenger asks the database: sums and counts, and pseudonyms of a few people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from storage.challenger_points import EMOTION_COUNT, best_sql

PLACES = range(1, EMOTION_COUNT + 1)
FROM_TRIAL = "FROM shadow_points WHERE trial = :trial AND sent_at >= coalesce(:since, '-infinity'::timestamptz)"


@dataclass(frozen=True, slots=True)
class Moments:
    """Of one emotion, over posts: sums of both sides' scores, of their squares and of their products (0 to 1)."""

    champion: float
    challenger: float
    champion_squares: float
    challenger_squares: float
    products: float


@dataclass(frozen=True, slots=True)
class LanguageSums:
    """One language's posts; `best` counts (champion's label, challenger's label), places from 0."""

    posts: int
    people: int
    moments: tuple[Moments, ...]  # by emotion
    best: Mapping[tuple[int, int], int]


class Moved(NamedTuple):
    """How one person's mean scores differ, challenger less champion, by emotion (0 to 1)."""

    person: str
    posts: int
    shifts: tuple[float, ...]


class PersonAlerts(NamedTuple):
    """One person's alerts of one rule on both sides, and how many of each the other side matched."""

    person: str
    rule: str
    champion: int
    champion_matched: int
    challenger: int
    challenger_matched: int


class Exposure(NamedTuple):
    """What the challenger's rules have heard."""

    people: int
    days: float  # person-days, from each one's first hour (after the warm-up) to the last
    heard: int
    missed: int


def sums_by_language(connection: Connection, trial: int, since: datetime | None) -> dict[str, LanguageSums]:
    """Everything about scores, in two passes over the trial's points."""
    values = {"trial": trial, "since": since}
    best: dict[str, dict[tuple[int, int], int]] = {}
    for language, mine, theirs, count in connection.execute(_BEST, values):
        best.setdefault(language, {})[mine - 1, theirs - 1] = count
    return {row[0]: _language(row, best[row[0]]) for row in connection.execute(_MOMENTS, values)}


def _language(row: Any, best: Mapping[tuple[int, int], int]) -> LanguageSums:
    flat = [float(value) for value in row[3:]]
    width = len(Moments.__slots__)
    moments = tuple(Moments(*flat[begin : begin + width]) for begin in range(0, len(flat), width))
    return LanguageSums(row[1], row[2], moments, best)


def _moments_sql() -> str:
    def of(place: int) -> list[str]:
        mine, theirs = f"champion_scores[{place}]::int", f"challenger_scores[{place}]::int"
        single = [f"sum({mine}) / 1e3", f"sum({theirs}) / 1e3"]
        return [*single, *(f"sum({a} * {b}) / 1e6" for a, b in ((mine, mine), (theirs, theirs), (mine, theirs)))]

    return ", ".join(column for place in PLACES for column in of(place))


_BEST = text(
    f"SELECT coalesce(language, ''), {best_sql('champion')}, {best_sql('challenger')}, count(*) "
    f"{FROM_TRIAL} GROUP BY 1, 2, 3"
)
_MOMENTS = text(
    f"SELECT coalesce(language, ''), count(*), count(DISTINCT person), {_moments_sql()} "
    f"{FROM_TRIAL} GROUP BY 1 ORDER BY 2 DESC, 1"
)
_SHIFTS = ", ".join(f"avg(challenger_scores[{place}] - champion_scores[{place}]) / 1e3" for place in PLACES)
_MOVED = text(
    f"SELECT person::text, count(*), ARRAY[{_SHIFTS}]::float8[] {FROM_TRIAL} GROUP BY 1 HAVING count(*) >= :few"
)


def moved_people(connection: Connection, trial: int, since: datetime | None, few: int) -> list[Moved]:
    """Everybody with so many posts."""
    rows = connection.execute(_MOVED, {"trial": trial, "since": since, "few": few})
    return [Moved(person, posts, tuple(shifts)) for person, posts, shifts in rows]


_FROM = "greatest(s.since + :warm, coalesce(:since, '-infinity'::timestamptz))"
_EXPOSURE = text(
    f"""
    SELECT count(*), coalesce(sum(extract(epoch FROM greatest(s.through - {_FROM}, interval '0'))) / 86400, 0)::float8,
           coalesce(sum(heard), 0)::bigint, coalesce(sum(missed), 0)::bigint
    FROM shadow_states AS s WHERE s.trial = :trial
    """  # noqa: S608 fixed
)
_ALERTS = text(
    f"""
    SELECT s.person::text, s.rule, count(*) FILTER (WHERE side = 'champion'),
           count(*) FILTER (WHERE side = 'champion' AND matched), count(*) FILTER (WHERE side = 'challenger'),
           count(*) FILTER (WHERE side = 'challenger' AND matched)
    FROM shadow_alert_sides AS s WHERE s.trial = :trial AND s.at > {_FROM} GROUP BY 1, 2 ORDER BY 2, 1
    """  # noqa: S608 fixed
)


def exposure(connection: Connection, trial: int, since: datetime | None, warm: timedelta) -> Exposure:
    """People and person-days; what was heard and missed counts the whole trial."""
    return Exposure(*connection.execute(_EXPOSURE, {"trial": trial, "since": since, "warm": warm}).one())


def alerts_by_person(connection: Connection, trial: int, since: datetime | None, warm: timedelta) -> list[PersonAlerts]:
    """Only people with an alert on either side."""
    rows = connection.execute(_ALERTS, {"trial": trial, "since": since, "warm": warm})
    return [PersonAlerts(*row) for row in rows]


class JudgedPost(NamedTuple):
    """What a person says a labelled post shows, and what both models put first, places from 0."""

    language: str
    emotion: str
    champion: int
    challenger: int


_JUDGED = text(
    f"""
    SELECT coalesce(p.language, ''), v.emotion, {best_sql("champion")} - 1, {best_sql("challenger")} - 1
    FROM shadow_points AS p JOIN (
        SELECT DISTINCT ON (key) key, emotion FROM standing_post_verdicts
        WHERE emotion IS NOT NULL ORDER BY key, at DESC
    ) AS v ON v.key = p.key
    WHERE p.trial = :trial AND p.sent_at >= coalesce(:since, '-infinity'::timestamptz) ORDER BY p.key
    """  # noqa: S608 only numbers are formatted in
)
_VERDICTS = text(
    f"""
    SELECT v.verdict, s.matched, count(*)
    FROM shadow_alert_sides AS s JOIN (
        SELECT DISTINCT ON (alert_id) alert_id, verdict FROM standing_alert_verdicts
        WHERE verdict IN ('right', 'wrong') ORDER BY alert_id, at DESC
    ) AS v ON v.alert_id = s.id
    WHERE s.trial = :trial AND s.side = 'champion' AND s.at > {_FROM} GROUP BY 1, 2
    """  # noqa: S608 fixed
)


def judged_posts(connection: Connection, trial: int, since: datetime | None) -> list[JudgedPost]:
    """Posts that somebody labelled, by the newest word of a person about each."""
    return [JudgedPost(*row) for row in connection.execute(_JUDGED, {"trial": trial, "since": since})]


def judged_alerts(
    connection: Connection, trial: int, since: datetime | None, warm: timedelta
) -> dict[tuple[str, bool], int]:
    """The champion's alerts that somebody judged: by verdict, and whether the challenger raised them too."""
    rows = connection.execute(_VERDICTS, {"trial": trial, "since": since, "warm": warm})
    return {(verdict, matched): count for verdict, matched, count in rows}
