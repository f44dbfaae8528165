"""What is to be delivered: one row per message and endpoint, written in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, text

Severity = Literal["low", "medium", "high"]
Audience = Literal["moderators", "lead", "operators"]
SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high")
AUDIENCES: tuple[Audience, ...] = ("moderators", "lead", "operators")


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell. `id` is the stable webhook-id: however often it is sent, a receiver counts it once."""

    id: str
    kind: str  # alert.raised, case.escalated, alerts.digest, endpoint.disabled, heartbeat, …
    payload: Mapping[str, Any]  # thin: no words of anybody
    severity: Severity
    audience: Audience

    @property
    def subject(self) -> str | None:
        """Whom or what it is about: messages about one subject are kept in order.

        >>> Message("1", "alert.raised", {"data": {"subject": "a-person"}}, "low", "moderators").subject
        'a-person'
        >>> Message("2", "alerts.digest", {"data": {"alerts": 12}}, "low", "lead").subject
        """
        data = self.payload.get("data", {})
        found = data.get("subject") or data.get("case_id")
        return str(found) if found else None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What still waits to be delivered, for how long the oldest has waited, and what was given up."""

    pending: int
    oldest_seconds: float
    failed: int


_ENQUEUE = text(
    """
    INSERT INTO deliveries (message_id, endpoint, kind, audience, severity, subject, payload, created_at,
                            next_attempt_at)
    SELECT m.id, e.name, m.kind, m.audience, m.severity, m.subject, CAST(m.payload AS jsonb), :now, :now
    FROM unnest(CAST(:ids AS text[]), CAST(:kinds AS text[]), CAST(:audiences AS text[]),
                CAST(:severities AS text[]), CAST(:subjects AS text[]), CAST(:payloads AS text[]))
         WITH ORDINALITY AS m(id, kind, audience, severity, subject, payload, place)
    JOIN endpoints AS e ON e.enabled AND m.audience = ANY(e.audiences)
         AND array_position(:scale, m.severity) >= array_position(:scale, e.least_severity)
    ORDER BY m.place, e.name
    FOR KEY SHARE OF e
    ON CONFLICT (message_id, endpoint) DO NOTHING
    """
)


def enqueue(connection: Connection, messages: Sequence[Message], now: datetime) -> int:
    """One delivery per message and enabled endpoint that wants it; returns how many are new.

    Calling it again with the same messages adds nothing. Where no endpoint is enabled it writes nothing.
    """
    if not messages:
        return 0
    values = {
        "ids": [message.id for message in messages],
        "kinds": [message.kind for message in messages],
        "audiences": [message.audience for message in messages],
        "severities": [message.severity for message in messages],
        "subjects": [message.subject for message in messages],
        "payloads": [orjson.dumps(message.payload).decode() for message in messages],
    }
    return connection.execute(_ENQUEUE, {**values, "scale": list(SEVERITIES), "now": now}).rowcount
