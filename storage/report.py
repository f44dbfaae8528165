"""What the report shows, read in a few queries: no text, no author, only pseudonyms and sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from storage.outbox import PROGRESS
from storage.series import EMOTION_COUNT

Sums = tuple[float, ...]  # of scores, 0 to 1 each, in the order of EMOTIONS


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert that stands."""

    id: str
    rule: str
    subject_kind: str
    subject: str
    emotion: str
    at: datetime
    statistic: float
    threshold: float
    severity: str
    evidence: dict[str, Any]
    model: str
    delivery: str  # how far the telling has come


@dataclass(frozen=True, slots=True)
class Slot:
    """The scored posts of one day or hour: how many, and the sums of their scores."""

    start: datetime
    posts: int
    sums: Sums


def read_alert_lines(connection: Connection, since: datetime | None = None) -> list[AlertLine]:
    """Alerts that stand, oldest first."""
    statement = text(
        "SELECT alerts.id::text, rule, subject_kind, subject, emotion, at, statistic, threshold, severity, evidence, "  # noqa: S608
        f"model, {PROGRESS} FROM alerts JOIN outbox AS o ON o.alert_id = alerts.id "
        "WHERE superseded_at IS NULL AND at >= coalesce(:since, '-infinity'::timestamptz) ORDER BY at, alerts.id"
    )
    return [AlertLine(*row) for row in connection.execute(statement, {"since": since})]


def read_person_days(
    connection: Connection, persons: Sequence[str], since: datetime | None = None
) -> dict[str, list[Slot]]:
    """Days of these people; repeats and abstained posts do not count, as for the rules."""
    sums = ", ".join(f"sum(scores[{place}]) / 1000.0" for place in range(1, EMOTION_COUNT + 1))
    statement = text(
        f"""
        SELECT person::text, date_trunc('day', sent_at, 'UTC') AS day, count(*), ARRAY[{sums}]::float8[]
        FROM points
        WHERE person = ANY(CAST(:persons AS uuid[])) AND scores IS NOT NULL AND NOT repeated AND NOT retweet
          AND sent_at >= coalesce(:since, '-infinity'::timestamptz)
        GROUP BY 1, 2 ORDER BY 1, 2
        """  # noqa: S608 only numbers are formatted in
    )
    found: dict[str, list[Slot]] = {person: [] for person in persons}
    for person, day, posts, totals in connection.execute(statement, {"persons": list(persons), "since": since}):
        found[person].append(Slot(day, posts, tuple(totals)))
    return found


def read_channel_slots(
    connection: Connection, step: str = "day", since: datetime | None = None, until: datetime | None = None
) -> dict[str, list[Slot]]:
    """Days or hours of every channel, from its hourly sums; posts without a channel are under the empty name."""
    sums = ", ".join(f"sum(sums[{place}]) / 1000.0" for place in range(1, EMOTION_COUNT + 1))
    statement = text(
        f"""
        SELECT channel, date_trunc(:step, hour, 'UTC') AS start, sum(scored)::int, ARRAY[{sums}]::float8[]
        FROM channel_hours
        WHERE hour >= coalesce(:since, '-infinity'::timestamptz) AND hour < coalesce(:until, 'infinity'::timestamptz)
        GROUP BY 1, 2 HAVING sum(scored) > 0 ORDER BY 1, 2
        """  # noqa: S608 only numbers are formatted in
    )
    found: dict[str, list[Slot]] = {}
    rows = connection.execute(statement, {"step": step, "since": since, "until": until})
    for channel, start, posts, totals in rows:
        found.setdefault(channel, []).append(Slot(start, posts, tuple(totals)))
    return found
