"""The outbox: webhooks that wait to be sent, claimed by any number of deliverers at once.

A claim is a lease: it moves the row's next attempt into the future, so a deliverer that dies loses nothing
but time. `attempts` grows with each claim and is the token of the claim: whoever comes back after the lease
has run out and the row was claimed anew changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, text

FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=2)
FEWEST_ATTEMPTS = 12  # however old the row is: it may have waited for a deliverer, not for the receiver


@dataclass(frozen=True, slots=True)
class Claim:
    """One webhook this deliverer may send until its lease runs out."""

    id: int
    alert_id: str
    payload: dict[str, Any]
    attempts: int  # this one included
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """What still waits to be delivered, and for how long the oldest has waited."""

    pending: int
    oldest_seconds: float
    failed: int


_CLAIM = text(
    """
    UPDATE outbox SET next_attempt_at = :until, attempts = attempts + 1
    WHERE id IN (SELECT id FROM outbox WHERE state = 'pending' AND next_attempt_at <= :now
                 ORDER BY next_attempt_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING id, alert_id, payload, attempts, created_at
    """
)
_DELIVERED = "state = 'delivered', delivered_at = :at, last_error = NULL"
_RETRY = "next_attempt_at = :at, last_error = :error"
_FAILED = "state = 'failed', last_error = :error"
_RELEASE = "next_attempt_at = :at, attempts = attempts - 1"


def claim_due(connection: Connection, now: datetime, limit: int, lease: timedelta) -> list[Claim]:
    """Claim up to `limit` due webhooks, oldest first, passing over those that others are claiming."""
    rows = connection.execute(_CLAIM, {"now": now, "until": now + lease, "limit": limit})
    claims = [Claim(row.id, str(row.alert_id), row.payload, row.attempts, row.created_at) for row in rows]
    return sorted(claims, key=lambda claim: claim.id)


def mark_delivered(connection: Connection, claim: Claim, at: datetime, status: int) -> bool:
    """The receiver took it. False when the lease had run out and another deliverer holds it now."""
    return _settle(connection, claim, f"{_DELIVERED}, last_status = :status", at=at, status=status)


def mark_retry(connection: Connection, claim: Claim, at: datetime, status: int | None, error: str) -> bool:
    """It was not taken; the next attempt is at `at`."""
    return _settle(connection, claim, f"{_RETRY}, last_status = :status", at=at, status=status, error=error)


def mark_failed(connection: Connection, claim: Claim, status: int | None, error: str) -> bool:
    """It was not taken for so long that trying ends; the row stays for a person to look at."""
    return _settle(connection, claim, f"{_FAILED}, last_status = :status", status=status, error=error)


def release(connection: Connection, claims: Sequence[Claim], at: datetime) -> None:
    """Give back claims that were not tried; they are due at `at`."""
    for claim in claims:
        _settle(connection, claim, _RELEASE, at=at)


def retry_failed(connection: Connection, now: datetime) -> int:
    """Queue what was given up again, from the beginning of its schedule; returns how many."""
    statement = text(
        "UPDATE outbox SET state = 'pending', attempts = 0, created_at = :now, next_attempt_at = :now "
        "WHERE state = 'failed'"
    )
    return connection.execute(statement, {"now": now}).rowcount


def backlog(connection: Connection, now: datetime) -> Backlog:
    """How much waits, the age of the oldest, and how many were given up."""
    row = connection.execute(
        text(
            "SELECT count(*) FILTER (WHERE state = 'pending') AS pending, "
            "min(created_at) FILTER (WHERE state = 'pending') AS oldest, "
            "count(*) FILTER (WHERE state = 'failed') AS failed "
            "FROM outbox WHERE state IN ('pending', 'failed')"
        )
    ).one()
    age = (now - row.oldest).total_seconds() if row.oldest else 0.0
    return Backlog(row.pending, max(age, 0.0), row.failed)


def next_attempt(claim: Claim, now: datetime, random: Random) -> datetime | None:
    """When to try again: doubling delays with full jitter, up to hours, for two days; None: give up.

    >>> from datetime import UTC
    >>> born = datetime(2024, 1, 1, tzinfo=UTC)
    >>> first = Claim(1, "", {}, attempts=1, created_at=born)
    >>> next_attempt(first, born, Random(1)) - born <= FIRST_DELAY
    True
    >>> last = Claim(1, "", {}, attempts=30, created_at=born)
    >>> next_attempt(last, born + timedelta(days=3), Random(1)) is None
    True
    """
    if claim.attempts >= FEWEST_ATTEMPTS and now - claim.created_at >= GIVE_UP_AFTER:
        return None
    longest = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(claim.attempts - 1, 20))
    return now + longest * random.random()


def _settle(connection: Connection, claim: Claim, change: str, **values: Any) -> bool:
    """Change a claimed row, if the claim still holds."""
    statement = text(
        f"UPDATE outbox SET {change} WHERE id = :id AND attempts = :attempts AND state = 'pending'"  # noqa: S608
    )
    result = connection.execute(statement, {"id": claim.id, "attempts": claim.attempts, **values})
    return result.rowcount == 1
