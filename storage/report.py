"""Alerts with their evidence, and how far what is stored reaches: no text, no author."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from storage.outbox import PROGRESS


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
class Extent:
    """The first and last post by when they were written, and the first work that is known of."""

    first: datetime | None
    last: datetime | None
    worked: datetime | None


def read_alert_lines(connection: Connection, since: datetime | None = None) -> list[AlertLine]:
    """Alerts that stand, oldest first."""
    statement = text(
        "SELECT alerts.id::text, rule, subject_kind, subject, emotion, at, statistic, threshold, severity, evidence, "  # noqa: S608
        f"model, {PROGRESS} FROM alerts JOIN outbox AS o ON o.alert_id = alerts.id "
        "WHERE superseded_at IS NULL AND at >= coalesce(:since, '-infinity'::timestamptz) ORDER BY at, alerts.id"
    )
    return [AlertLine(*row) for row in connection.execute(statement, {"since": since})]


def read_extent(connection: Connection) -> Extent:
    """From the ends of indexes, so that it costs the same however much is stored."""
    statement = text(
        "SELECT min(sent_at), max(sent_at), least((SELECT min(minute) FROM throughput), "
        "(SELECT min(created_at) FROM outbox)) FROM points"
    )
    return Extent(*connection.execute(statement).one())
