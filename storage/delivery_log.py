"""Looking at deliveries and their attempts, and sending again what was given up or missed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, text

from storage.deliveries import SEVERITIES, Backlog
from storage.errors import StorageError
from storage.heartbeats import KIND

AFRESH = (
    "state = 'pending', attempts = 0, claimed_until = NULL, created_at = :now, next_attempt_at = :now, "
    "delivered_at = NULL"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one endpoint, as it stands. No payload: it is on its way to somebody else."""

    id: int
    message_id: str
    endpoint: str
    kind: str
    severity: str
    state: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    delivered_at: datetime | None
    last_status: int | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try."""

    at: datetime
    status: int | None
    milliseconds: int
    said: str


@dataclass(frozen=True, slots=True)
class Load:
    """What lies with one endpoint."""

    pending: int
    failed: int
    oldest: datetime | None  # of the pending ones


COLUMNS = ", ".join(field.name for field in fields(Delivery))


_AGAIN = text(
    f"UPDATE deliveries SET {AFRESH} WHERE endpoint = :name AND state = 'failed' AND created_at >= :since"  # noqa: S608
)
_MISSED = text(
    """
    INSERT INTO deliveries (message_id, endpoint, kind, audience, severity, subject, payload, created_at,
                            next_attempt_at)
    SELECT missed.message_id, :name, missed.kind, missed.audience, missed.severity, missed.subject, missed.payload,
           :now, :now
    FROM (
        SELECT DISTINCT ON (d.message_id) d.* FROM deliveries AS d JOIN endpoints AS e ON e.name = :name
        WHERE d.created_at >= :since AND d.endpoint <> e.name AND d.kind <> 'heartbeat'
        AND d.audience = ANY(e.audiences)
        AND array_position(:scale, d.severity) >= array_position(:scale, e.least_severity)
        ORDER BY d.message_id, d.id
    ) AS missed ORDER BY missed.id
    ON CONFLICT (message_id, endpoint) DO NOTHING
    """
)
_BACKLOG = text(
    """
    SELECT coalesce(sum(pending), 0) AS pending, min(oldest) AS oldest, coalesce(sum(failed), 0) AS failed FROM (
        SELECT count(*) FILTER (WHERE d.state = 'pending' AND e.enabled) AS pending,
               min(d.created_at) FILTER (WHERE d.state = 'pending' AND e.enabled) AS oldest,
               count(*) FILTER (WHERE d.state = 'failed') AS failed
        FROM deliveries AS d JOIN endpoints AS e ON e.name = d.endpoint
        WHERE d.state <> 'delivered' AND d.kind <> 'heartbeat'
        UNION ALL
        SELECT count(*), min(created_at), 0 FROM outbox WHERE state = 'pending'
    ) AS parts
    """
)


def list_deliveries(
    connection: Connection,
    endpoint: str | None = None,
    state: str | None = None,
    since: datetime | None = None,
    limit: int = 50,
) -> list[Delivery]:
    """The newest first."""
    statement = text(
        f"SELECT {COLUMNS} FROM deliveries WHERE (CAST(:endpoint AS text) IS NULL OR endpoint = :endpoint) "  # noqa: S608
        "AND (CAST(:state AS text) IS NULL OR state = :state) "
        "AND (CAST(:since AS timestamptz) IS NULL OR created_at >= :since) ORDER BY id DESC LIMIT :limit"
    )
    values = {"endpoint": endpoint, "state": state, "since": since, "limit": limit}
    return [Delivery(*row) for row in connection.execute(statement, values)]


def attempts_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[Attempt]]:
    """The log of each of these deliveries, in order of time."""
    statement = text(
        "SELECT delivery, at, status, milliseconds, said FROM delivery_attempts "
        "WHERE delivery = ANY(:ids) ORDER BY delivery, id"
    )
    found: dict[int, list[Attempt]] = {}
    for row in connection.execute(statement, {"ids": list(ids)}):
        found.setdefault(row.delivery, []).append(Attempt(row.at, row.status, row.milliseconds, row.said))
    return found


def resend(connection: Connection, delivery: int, now: datetime) -> Delivery:
    """Send one delivery again from the beginning, under the same id: who has it already counts it once."""
    statement = text(f"UPDATE deliveries SET {AFRESH} WHERE id = :id RETURNING {COLUMNS}")  # noqa: S608
    row = connection.execute(statement, {"id": delivery, "now": now}).first()
    if row is None:
        raise StorageError(f"there is no delivery {delivery}: `tideline deliveries list` shows those there are")
    return Delivery(*row)


def recover(connection: Connection, endpoint: str, since: datetime, now: datetime) -> tuple[int, int]:
    """Queue again what an endpoint should have had since then: what was given up, and what it never got.

    The second is what other endpoints were sent while this one was disabled, as far as it wants such messages.
    """
    values = {"name": endpoint, "since": since, "now": now, "scale": list(SEVERITIES)}
    return connection.execute(_AGAIN, values).rowcount, connection.execute(_MISSED, values).rowcount


def retry_all_failed(connection: Connection, now: datetime) -> int:
    """Queue again everything that was given up."""
    statement = text(f"UPDATE deliveries SET {AFRESH} WHERE state = 'failed'")  # noqa: S608
    return connection.execute(statement, {"now": now}).rowcount


def loads(connection: Connection) -> dict[str, Load]:
    """What lies with each endpoint."""
    statement = text(
        "SELECT endpoint, count(*) FILTER (WHERE state = 'pending') AS pending, "
        "count(*) FILTER (WHERE state = 'failed') AS failed, "
        "min(created_at) FILTER (WHERE state = 'pending') AS oldest "
        "FROM deliveries WHERE state <> 'delivered' GROUP BY 1 ORDER BY 1"
    )
    return {row.endpoint: Load(row.pending, row.failed, row.oldest) for row in connection.execute(statement)}


def count_deliveries(connection: Connection) -> dict[str, int]:
    """Deliveries by state."""
    rows = connection.execute(text("SELECT state, count(*) FROM deliveries GROUP BY 1 ORDER BY 1"))
    return {row[0]: row[1] for row in rows}


def backlog(connection: Connection, now: datetime) -> Backlog:
    """How much waits to be told, the age of the oldest, and how much was given up.

    Heartbeats do not count, nor what waits for an endpoint that is disabled.
    """
    row = connection.execute(_BACKLOG).one()
    age = (now - row.oldest).total_seconds() if row.oldest else 0.0
    return Backlog(row.pending, max(age, 0.0), row.failed)


def forget_heartbeats(connection: Connection, before: datetime) -> int:
    """An old sign of life tells nothing."""
    statement = text(
        f"DELETE FROM deliveries WHERE kind = '{KIND}' AND state <> 'pending' AND created_at < :before"  # noqa: S608
    )
    return connection.execute(statement, {"before": before}).rowcount


def expire_deliveries(connection: Connection, before: datetime) -> int:
    """Delete what was delivered or given up before then, with its attempts; returns how many.

    A message that still waits for some endpoint is kept whole, or `recover` would take the others for missed.
    """
    statement = text(
        "DELETE FROM deliveries AS d WHERE d.state <> 'pending' AND d.created_at < :before AND NOT EXISTS "
        "(SELECT 1 FROM deliveries AS o WHERE o.message_id = d.message_id AND o.state = 'pending')"
    )
    return connection.execute(statement, {"before": before}).rowcount


def forget_attempts(connection: Connection, before: datetime) -> int:
    """The log is kept for a while only."""
    return connection.execute(text("DELETE FROM delivery_attempts WHERE at < :before"), {"before": before}).rowcount
