"""The outbox: what becomes of each alert. One row an alert, written with it.

waiting     until its day has closed and the day's discovery control has been done
pending     to be told
dispatched  handed to the endpoints' deliveries, one by one
digested    past the alert budget: told of in the digest of its stretch of time
silenced    somebody asked not to be told
held        never told: a shadow rule, a rebuild of the past, or no longer found by one

The last four are final, but for `held`, which also takes what a rebuild no longer finds.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from storage.budgets import TOLD
from storage.case_history import SYSTEM, note
from storage.case_opening import open_cases
from storage.silences import MATCHES

# how far the telling of an outbox row `o` has come: its state, and once it was dispatched that of its deliveries
PROGRESS = (
    "CASE WHEN o.state <> 'dispatched' THEN o.state ELSE coalesce((SELECT CASE "
    "WHEN bool_or(d.state = 'delivered') THEN 'delivered' WHEN bool_or(d.state = 'pending') THEN 'on its way' "
    "ELSE 'failed' END FROM deliveries AS d WHERE d.message_id = o.alert_id::text HAVING count(*) > 0), "
    "'dispatched') END"
)
DISPATCH_LOCK = 7_404_005  # advisory: one dispatcher at a time, so that budgets and order are exact


@dataclass(frozen=True, slots=True)
class Pending:
    """An alert that nobody has been told of yet."""

    place: int  # in the outbox
    alert_id: str
    rule: str
    rule_version: str
    subject_kind: str
    subject: str
    emotion: str
    at: datetime
    statistic: float
    threshold: float
    severity: str
    case_id: str | None
    silence_id: int | None


_TAKE = text(
    f"""
    SELECT o.id, a.id::text, a.rule, a.rule_version, a.subject_kind, a.subject, a.emotion, a.at, a.statistic,
           a.threshold, a.severity, (SELECT c.case_id::text FROM case_alerts AS c WHERE c.alert_id = a.id),
           (SELECT s.id FROM silences AS s WHERE {MATCHES} ORDER BY s.expires_at DESC, s.id LIMIT 1)
    FROM outbox AS o JOIN alerts AS a ON a.id = o.alert_id
    WHERE o.state = 'pending' ORDER BY o.id LIMIT :limit FOR UPDATE OF o
    """  # noqa: S608 fixed
)
_MARK = text(
    "UPDATE outbox SET state = :state, settled_at = :now, silence_id = row.silence, budget_id = CAST(:budget AS uuid) "
    "FROM unnest(CAST(:places AS bigint[]), CAST(:silences AS bigint[])) AS row(place, silence) "
    "WHERE outbox.id = row.place"
)
_STARTS_WAITING = text(
    "UPDATE cases SET waiting_since = :now WHERE id = ANY(CAST(:cases AS uuid[])) AND state = 'open' AND level = 0 "  # noqa: S608
    f"AND NOT {TOLD}"
)
_SILENCE_CASES = text(
    "UPDATE cases SET state = 'closed', reason = 'silenced', closed_at = :now "
    "WHERE id = ANY(CAST(:cases AS uuid[])) AND state = 'open' AND level = 0 "
    "AND NOT EXISTS (SELECT 1 FROM case_alerts AS c JOIN outbox AS o ON o.alert_id = c.alert_id "
    "WHERE c.case_id = cases.id AND o.state <> 'silenced') RETURNING id::text"
)


def lock_outbox(connection: Connection) -> None:
    """Wait until no other dispatcher is at work."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": DISPATCH_LOCK})


def take_pending(connection: Connection, now: datetime, limit: int) -> list[Pending]:
    """The alerts that nobody was told of, in the order in which they were raised, with the silence over each."""
    return [Pending(*row) for row in connection.execute(_TAKE, {"now": now, "limit": limit})]


def mark_dispatched(connection: Connection, rows: Sequence[Pending], now: datetime) -> None:
    """Their messages were queued. A case that is told of for the first time waits for somebody from now on."""
    connection.execute(_STARTS_WAITING, {"cases": _cases(rows), "now": now})
    _mark(connection, rows, "dispatched", now)


def mark_digested(connection: Connection, rows: Sequence[Pending], now: datetime, budget_id: str) -> None:
    """They will be told of in the digest of a budget."""
    _mark(connection, rows, "digested", now, budget_id)


def mark_silenced(connection: Connection, rows: Sequence[Pending], now: datetime) -> None:
    """Nobody is told. A case that consists of such alerts alone is closed; any other goes on and notes them."""
    _mark(connection, rows, "silenced", now)
    closed = set(connection.execute(_SILENCE_CASES, {"cases": _cases(rows), "now": now}).scalars())
    for row in rows:
        if row.case_id:
            said = f"alert {row.alert_id[:8]}, silence {row.silence_id}"
            note(connection, row.case_id, SYSTEM, "silenced", at=now, said=said)
    for case in sorted(closed):
        note(connection, case, SYSTEM, "closed", at=now, before="open", after="closed", said="silenced")


def release_waiting(connection: Connection, alert_ids: Collection[str]) -> None:
    """Their day has closed and they are to be told; each gets its case."""
    open_cases(connection, _leave_waiting(connection, alert_ids, "pending"))


def hold_waiting(connection: Connection, alert_ids: Collection[str]) -> None:
    """Their day has closed and they are not to be told."""
    _leave_waiting(connection, alert_ids, "held")


def somebody_listens(connection: Connection, audience: str) -> bool:
    """Whether any enabled endpoint takes messages for these people. It stays enabled until the transaction ends.

    Otherwise it could be disabled between this look and the queueing, and what was queued for nobody would be lost.
    """
    statement = text(
        "SELECT name FROM endpoints WHERE enabled AND :audience = ANY(audiences) ORDER BY name LIMIT 1 FOR SHARE"
    )
    return connection.execute(statement, {"audience": audience}).first() is not None


def _mark(
    connection: Connection, rows: Sequence[Pending], state: str, now: datetime, budget: str | None = None
) -> None:
    values = {"places": [row.place for row in rows], "silences": [row.silence_id for row in rows]}
    connection.execute(_MARK, {**values, "state": state, "now": now, "budget": budget})


def _leave_waiting(connection: Connection, alert_ids: Collection[str], state: str) -> Sequence[str]:
    if not alert_ids:
        return []
    statement = text(
        "UPDATE outbox SET state = :state WHERE state = 'waiting' AND alert_id = ANY(CAST(:ids AS uuid[])) "
        "RETURNING alert_id::text"
    )
    return connection.execute(statement, {"state": state, "ids": sorted(alert_ids)}).scalars().all()


def _cases(rows: Sequence[Pending]) -> list[str]:
    return sorted({row.case_id for row in rows if row.case_id})
