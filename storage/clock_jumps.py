"""A clock that was ahead has been set right: what was put off into a future that is not to come is due now.

Only what lies ahead of the caller's clock and of the database's is touched, so that one clock that stands in the
past makes nothing due.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

FURTHEST = timedelta(hours=5)  # attempts are at most four hours apart, and no Retry-After is believed beyond that
SKEW = timedelta(minutes=5)  # two machines may differ by so much
_AHEAD = "greatest(CAST(:now AS timestamptz), now())"
_DELIVERIES = f"""
    UPDATE deliveries SET next_attempt_at = :now, claimed_until = NULL,
           created_at = CASE WHEN created_at > {_AHEAD} THEN :now ELSE created_at END
    WHERE state = 'pending' AND greatest(next_attempt_at, claimed_until) > {_AHEAD} + :far
"""  # noqa: S608 fixed
_ENDPOINTS = tuple(
    f"UPDATE endpoints SET {column} = :now WHERE {column} > {_AHEAD} + :far"  # noqa: S608 fixed names
    for column in ("blocked_until", "paced_until", "report_at", "failing_since")
)
_HEARTBEATS = f"""
    UPDATE endpoints SET heartbeat_at = :now
    WHERE heartbeat_at > {_AHEAD} + :far + heartbeat_minutes * interval '1 minute'
"""  # noqa: S608 fixed
_CASES = f"""
    UPDATE cases SET waiting_since = :now
    WHERE state IN ('open', 'escalated') AND waiting_since > {_AHEAD} + :skew
"""  # noqa: S608 fixed


def forget_the_future(connection: Connection, now: datetime) -> int:
    """Bring back to now what waits for a time that no clock says is near; returns how many rows."""
    values = {"now": now, "far": FURTHEST, "skew": SKEW}
    statements = (_DELIVERIES, *_ENDPOINTS, _HEARTBEATS, _CASES)
    return sum(connection.execute(text(statement), values).rowcount for statement in statements)
