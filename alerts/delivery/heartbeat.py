"""A signed sign of life, so that a receiver can tell silence from death."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from storage.heartbeats import KIND, Due, put_heartbeat, read_until, take_due


def beat(connection: Connection, now: datetime) -> int:
    """Queue the heartbeats that are due; returns how many."""
    owed = take_due(connection, now)
    newest = read_until(connection) if owed else None
    for due in owed:
        put_heartbeat(connection, due, _payload(due, newest, now), now)
    return len(owed)


def _payload(due: Due, newest: datetime | None, now: datetime) -> dict[str, Any]:
    """`next_by`: when to worry. `posts_until`: how far the stream of posts has been read, in event time."""
    data = {
        "endpoint": due.name,
        "every_minutes": due.minutes,
        "next_by": (now + 2 * timedelta(minutes=due.minutes)).isoformat(),
        "waiting": due.waiting,
        "posts_until": newest.isoformat() if newest else None,
    }
    return {"type": KIND, "timestamp": now.isoformat(), "data": data}
