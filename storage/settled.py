"""How attempts ended, written down: the deliveries, the log of attempts, and how the endpoint stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Settled:
    """The end of one attempt. `next_attempt_at` is when to try again, for those still pending."""

    id: int
    attempts: int
    state: str
    at: datetime
    next_attempt_at: datetime
    status: int | None
    milliseconds: int
    said: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How an endpoint has done lately."""

    failures: int = 0  # in a row
    failing_since: datetime | None = None
    blocked_until: datetime | None = None
    last_success_at: datetime | None = None


_SETTLE = text(
    """
    WITH ended AS (
        SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:tokens AS integer[]), CAST(:states AS text[]),
                             CAST(:at AS timestamptz[]), CAST(:next AS timestamptz[]), CAST(:statuses AS integer[]),
                             CAST(:milliseconds AS integer[]), CAST(:said AS text[]))
        AS e(id, token, state, at, next, status, milliseconds, said)
    ), kept AS (
        UPDATE deliveries AS d SET state = e.state, claimed_until = NULL, next_attempt_at = e.next,
               last_status = e.status,
               delivered_at = CASE WHEN e.state = 'delivered' THEN e.at END,
               last_error = CASE WHEN e.state = 'delivered' THEN NULL ELSE e.said END
        FROM ended AS e WHERE d.id = e.id AND d.attempts = e.token AND d.state = 'pending'
        RETURNING d.id
    ), logged AS (
        INSERT INTO delivery_attempts (delivery, endpoint, at, status, milliseconds, said)
        SELECT e.id, d.endpoint, e.at, e.status, e.milliseconds, e.said FROM ended AS e JOIN deliveries AS d USING (id)
    ), told AS (
        SELECT o.id, e.at FROM ended AS e JOIN deliveries AS d USING (id)
        JOIN outbox AS o ON o.alert_id = CASE
             WHEN d.message_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN CAST(d.message_id AS uuid) END
        WHERE e.state = 'delivered' AND o.told_at IS NULL FOR NO KEY UPDATE OF o SKIP LOCKED
    ), first AS (
        UPDATE outbox AS o SET told_at = told.at FROM told WHERE o.id = told.id  -- by the first endpoint that took it
    )
    SELECT id FROM kept
    """
)
# Not waiting for the disk: a note that a crash of Postgres loses costs one repetition, under the same id.
_READ = text(
    "SELECT failures, failing_since, blocked_until, last_success_at FROM endpoints "
    "WHERE name = :name AND set_config('synchronous_commit', 'off', true) = 'off' FOR NO KEY UPDATE"
)
_WRITE = text(
    "UPDATE endpoints SET failures = :failures, failing_since = :failing_since, blocked_until = :blocked_until, "
    "last_success_at = :last_success_at WHERE name = :name"
)


_REFUSED = text(
    "SELECT count(DISTINCT a.delivery) FROM delivery_attempts AS a JOIN deliveries AS d ON d.id = a.delivery "
    "WHERE d.endpoint = :name AND a.at >= :since"
)


def messages_tried(connection: Connection, name: str, since: datetime) -> int:
    """To how many different messages an endpoint has answered, or not, since then."""
    found: int = connection.execute(_REFUSED, {"name": name, "since": since}).scalar_one()
    return found


def settle(connection: Connection, ended: Sequence[Settled]) -> set[int]:
    """Note these ends; returns the ids that were still ours: a lease that ran out may have gone to another."""
    values = {
        "ids": [each.id for each in ended],
        "tokens": [each.attempts for each in ended],
        "states": [each.state for each in ended],
        "at": [each.at for each in ended],
        "next": [each.next_attempt_at for each in ended],
        "statuses": [each.status for each in ended],
        "milliseconds": [each.milliseconds for each in ended],
        "said": [each.said for each in ended],
    }
    return set(connection.execute(_SETTLE, values).scalars())


def lock_standing(connection: Connection, name: str) -> Standing | None:
    """How an endpoint stands; None when it was removed. While this lock is held it cannot be."""
    row = connection.execute(_READ, {"name": name}).first()
    return Standing(*row) if row else None


def write_standing(connection: Connection, name: str, before: Standing, standing: Standing) -> None:
    """Nothing is written where nothing but the time of the last success has changed, and that by a moment."""
    if standing == replace(before, last_success_at=standing.last_success_at) and _lately(before, standing):
        return
    values = {field: getattr(standing, field) for field in Standing.__dataclass_fields__}
    connection.execute(_WRITE, values | {"name": name})


def _lately(before: Standing, standing: Standing) -> bool:
    last, now = before.last_success_at, standing.last_success_at
    return last == now or (last is not None and now is not None and now - last < MOMENT)
