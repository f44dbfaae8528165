"""When everybody was moved, and which alerts about people are tagged with it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, text

from storage.case_history import SYSTEM, note


class CohortEpisode(NamedTuple):
    """From `since` to `until` alerts of this emotion about people are tagged with the cohort alert `alert_id`."""

    alert_id: str
    emotion: str
    at: datetime  # of the cohort alert
    since: datetime
    until: datetime


_SAVE = text(
    """
    INSERT INTO cohort_episodes (alert_id, emotion, at, since, until)
    VALUES (:alert_id, :emotion, :at, :since, :until) ON CONFLICT (alert_id) DO UPDATE SET until = EXCLUDED.until
    """
)
_FIND = text(
    "SELECT alert_id::text FROM cohort_episodes WHERE emotion = :emotion AND :at BETWEEN since AND until "
    "ORDER BY at, alert_id LIMIT 1"
)
_TAG = text(
    """
    UPDATE alerts SET tags = alerts.tags || jsonb_build_object('cohort', found.cohort)
    FROM (SELECT DISTINCT ON (a.id) a.id, e.alert_id::text AS cohort
          FROM alerts AS a JOIN cohort_episodes AS e ON e.emotion = a.emotion AND a.at BETWEEN e.since AND e.until
          WHERE a.subject_kind = 'person' AND a.superseded_at IS NULL AND a.at >= :since AND NOT a.tags ? 'cohort'
          ORDER BY a.id, e.at, e.alert_id) AS found
    WHERE alerts.id = found.id RETURNING alerts.id::text, alerts.severity
    """
)
_HOLD = text(
    "UPDATE outbox SET state = 'held' WHERE state IN ('pending', 'waiting') "
    "AND alert_id = ANY(CAST(:ids AS uuid[])) RETURNING alert_id::text"
)
_CASES = text(
    "SELECT case_id::text, alert_id::text FROM case_alerts WHERE alert_id = ANY(CAST(:ids AS uuid[])) ORDER BY 1, 2"
)
_CLOSE = text(
    "UPDATE cases SET state = 'closed', reason = 'community', closed_at = now() "
    "WHERE id = ANY(CAST(:cases AS uuid[])) AND state = 'open' AND level = 0 "
    "AND NOT EXISTS (SELECT 1 FROM case_alerts AS c JOIN outbox AS o ON o.alert_id = c.alert_id "
    "WHERE c.case_id = cases.id AND o.state NOT IN ('held', 'silenced')) RETURNING id::text"
)


def save_episodes(connection: Connection, episodes: Iterable[CohortEpisode]) -> None:
    """Write new episodes and move the end of known ones."""
    for episode in episodes:
        connection.execute(_SAVE, episode._asdict())


def cohort_of(connection: Connection, emotion: str, at: datetime) -> str | None:
    """The cohort alert with which an alert of that time is tagged: the first whose episode covers it."""
    found: str | None = connection.execute(_FIND, {"emotion": emotion, "at": at}).scalar()
    return found


def tag_people(connection: Connection, since: datetime) -> dict[str, str]:
    """Tag what lies in an episode and was not tagged before; returns alert → severity."""
    return {row.id: row.severity for row in connection.execute(_TAG, {"since": since})}


def add_tags(connection: Connection, tags: Mapping[str, Mapping[str, Any]]) -> None:
    """Add to the tags of each alert."""
    statement = text("UPDATE alerts SET tags = tags || CAST(:tags AS jsonb) WHERE id = CAST(:id AS uuid)")
    for alert, added in sorted(tags.items()):
        connection.execute(statement, {"id": alert, "tags": orjson.dumps(added).decode()})


def hold_untold(connection: Connection, alert_ids: Collection[str]) -> int:
    """Do not tell of these one by one, where nobody was told yet; returns how many.

    A case that nobody has touched and that is about such alerts alone is closed.
    """
    held = connection.execute(_HOLD, {"ids": sorted(alert_ids)}).scalars().all()
    touched = connection.execute(_CASES, {"ids": held}).all() if held else []
    for case, alert in touched:
        note(connection, case, SYSTEM, "held", said=f"alert {alert[:8]}: the whole community moved")
    for case in connection.execute(_CLOSE, {"cases": sorted({case for case, _ in touched})}).scalars().all():
        note(connection, case, SYSTEM, "closed", before="open", after="closed", said="community")
    return len(held)


def read_episodes(connection: Connection) -> dict[str, CohortEpisode]:
    rows = connection.execute(text("SELECT alert_id::text, emotion, at, since, until FROM cohort_episodes"))
    return {row[0]: CohortEpisode(*row) for row in rows}


def read_tags(connection: Connection) -> dict[str, dict[str, Any]]:
    """The tags of every alert that stands."""
    rows = connection.execute(text("SELECT id::text, tags FROM alerts WHERE superseded_at IS NULL"))
    return {alert: tags for alert, tags in rows if tags}
