"""Deliveries in hand: claimed by any number of deliverers at once, each for one endpoint at a time.

A claim is a lease: a deliverer that dies loses nothing but time. `attempts` grows with each claim and is its
token: whoever comes back after the lease has run out and the row was claimed anew changes nothing.

Order is per endpoint and subject: a message waits while an earlier one about the same subject is in somebody's
hands or waits for its next attempt. Not for ever: after `HOLD` a message that is refused over and over holds back
no other, for the later one may be the one that matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from storage.endpoint_secrets import read_secrets
from storage.endpoints import COLUMNS, StoredEndpoint, stored

HOLD = timedelta(minutes=10)
IN_A_ROW = 5  # failures after which an endpoint is asked with one message before it gets more


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery this deliverer may make until its lease runs out."""

    id: int
    message_id: str
    kind: str
    severity: str
    subject: str | None
    payload: dict[str, Any]
    attempts: int  # this one included
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """What is to be sent to one endpoint, in this order, signed with these sealed secrets."""

    endpoint: StoredEndpoint
    secrets: Sequence[bytes]
    claims: Sequence[Claim]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An endpoint with something due. `blocked_until`: it is left alone; `paced_until`: its rate."""

    name: str
    blocked_until: datetime | None
    paced_until: datetime | None


_WAITING = text(
    """
    SELECT e.name, e.blocked_until, e.paced_until FROM endpoints AS e
    WHERE e.enabled AND EXISTS (
        SELECT 1 FROM deliveries AS d WHERE d.endpoint = e.name AND d.state = 'pending'
        AND d.next_attempt_at <= :now AND (d.claimed_until IS NULL OR d.claimed_until <= :now))
    ORDER BY e.name
    """
)
_LEFT_ALONE = text(
    "SELECT EXISTS (SELECT 1 FROM endpoints AS e WHERE e.enabled AND e.blocked_until > :now AND EXISTS "
    "(SELECT 1 FROM deliveries AS d WHERE d.endpoint = e.name AND d.state = 'pending'))"
)
_OPEN = text(
    f"""
    SELECT {COLUMNS}, paced_until FROM endpoints WHERE name = :name AND enabled
    AND (blocked_until IS NULL OR blocked_until <= :now) AND (paced_until IS NULL OR paced_until <= :now)
    FOR NO KEY UPDATE SKIP LOCKED
    """  # noqa: S608 fixed names
)
_CLAIM = text(
    """
    UPDATE deliveries SET claimed_until = :until, attempts = attempts + 1
    WHERE id IN (
        SELECT d.id FROM deliveries AS d
        WHERE d.endpoint = :name AND d.state = 'pending' AND d.next_attempt_at <= :now
        AND (d.claimed_until IS NULL OR d.claimed_until <= :now)
        AND NOT EXISTS (
            SELECT 1 FROM deliveries AS earlier
            WHERE earlier.endpoint = d.endpoint AND earlier.subject = d.subject AND earlier.id < d.id
            AND earlier.state = 'pending' AND (earlier.claimed_until > :now
                OR (earlier.next_attempt_at > :now AND earlier.created_at > :hold)))
        ORDER BY d.id LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING id, message_id, kind, severity, subject, payload, attempts, created_at
    """
)
_PACE = text("UPDATE endpoints SET paced_until = :until WHERE name = :name")


def waiting_endpoints(connection: Connection, now: datetime) -> list[Waiting]:
    """The endpoints for which something is due."""
    return [Waiting(*row) for row in connection.execute(_WAITING, {"now": now})]


def any_left_alone(connection: Connection, now: datetime) -> bool:
    """Whether an endpoint for which something waits is being left alone."""
    return bool(connection.execute(_LEFT_ALONE, {"now": now}).scalar_one())


def claim_for(connection: Connection, name: str, now: datetime, limit: int, lease: timedelta) -> Claimed | None:
    """Claim up to `limit` due deliveries of one endpoint, oldest first; None when it may not be asked now."""
    row = connection.execute(_OPEN, {"name": name, "now": now}).first()
    if row is None:
        return None
    endpoint = stored(row)
    most = 1 if endpoint.per_minute or endpoint.failures >= IN_A_ROW else limit
    values = {"name": name, "now": now, "until": now + lease, "hold": now - HOLD, "limit": most}
    claims = sorted((Claim(*found) for found in connection.execute(_CLAIM, values)), key=lambda claim: claim.id)
    if not claims:
        return None
    if endpoint.per_minute:
        pause = timedelta(seconds=60 / endpoint.per_minute)
        connection.execute(_PACE, {"name": name, "until": now + pause})
    return Claimed(endpoint, read_secrets(connection, name, now), claims)


def release(connection: Connection, claims: Sequence[Claim]) -> None:
    """Give back what was not tried: it is due at once and has cost no attempt."""
    statement = text(
        "UPDATE deliveries AS d SET claimed_until = NULL, attempts = d.attempts - 1 "
        "FROM unnest(CAST(:ids AS bigint[]), CAST(:attempts AS integer[])) AS c(id, attempts) "
        "WHERE d.id = c.id AND d.attempts = c.attempts AND d.state = 'pending'"
    )
    if claims:
        tokens = {"ids": [claim.id for claim in claims], "attempts": [claim.attempts for claim in claims]}
        connection.execute(statement, tokens)
