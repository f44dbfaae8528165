"""Heartbeats: a delivery to each endpoint that asked for them, when the next is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, text

KIND = "heartbeat"


@dataclass(frozen=True, slots=True)
class Due:
    """An endpoint that is owed a heartbeat, and what waits for it."""

    name: str
    minutes: int
    due_at: datetime
    waiting: int


_DUE = text(
    f"""
    SELECT e.name, e.heartbeat_minutes, e.heartbeat_at,
           (SELECT count(*) FROM deliveries AS d
            WHERE d.endpoint = e.name AND d.state = 'pending' AND d.kind <> '{KIND}')
    FROM endpoints AS e WHERE e.enabled AND e.heartbeat_at <= :now ORDER BY e.name FOR NO KEY UPDATE SKIP LOCKED
    """  # noqa: S608 fixed
)
_DROP = text(f"DELETE FROM deliveries WHERE endpoint = :name AND kind = '{KIND}' AND state = 'pending'")  # noqa: S608
_INSERT = text(
    f"""
    INSERT INTO deliveries (message_id, endpoint, kind, audience, severity, payload, created_at, next_attempt_at)
    VALUES (:id, :name, '{KIND}', 'operators', 'low', CAST(:payload AS jsonb), :now, :now)
    ON CONFLICT (message_id, endpoint) DO NOTHING
    """  # noqa: S608 fixed
)


def take_due(connection: Connection, now: datetime) -> list[Due]:
    """The heartbeats that are due, each to one caller alone until its transaction ends."""
    return [Due(*row) for row in connection.execute(_DUE, {"now": now})]


def put_heartbeat(connection: Connection, due: Due, payload: dict[str, Any], now: datetime) -> None:
    """One that has not arrived by now is replaced: an old sign of life tells nothing."""
    values = {
        "name": due.name,
        "id": f"heartbeat-{due.name}-{int(now.timestamp())}",
        "payload": orjson.dumps(payload).decode(),
        "now": now,
        "next": now + timedelta(minutes=due.minutes),
    }
    connection.execute(_DROP, values)
    connection.execute(_INSERT, values)
    connection.execute(text("UPDATE endpoints SET heartbeat_at = :next WHERE name = :name"), values)


def read_until(connection: Connection) -> datetime | None:
    """The event time of the newest post that was read: a deliverer may live while the workers are dead."""
    found: datetime | None = connection.execute(text("SELECT max(newest) FROM partition_progress")).scalar_one()
    return found
