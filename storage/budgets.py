"""The alert budget: how many alerts may be told one by one in a stretch of time, and what became of the rest."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Budget:
    """One stretch of time."""

    id: str
    starts: datetime
    ends: datetime
    sent: int
    paged: bool  # the lead was told that it is used up
    digested: bool  # its digest is on its way, so nothing can be added to it


@dataclass(frozen=True, slots=True)
class Digested:
    """One alert that a digest tells of."""

    rule: str
    severity: str
    case_id: str | None


# somebody was told of an alert of the case `cases`, by a message of its own or in a digest
TOLD = (
    "EXISTS (SELECT 1 FROM case_alerts AS c JOIN outbox AS o ON o.alert_id = c.alert_id "
    "LEFT JOIN alert_budgets AS b ON b.id = o.budget_id WHERE c.case_id = cases.id "
    "AND (o.state = 'dispatched' OR o.state = 'digested' AND (b.id IS NULL OR b.digested_at IS NOT NULL)))"
)
_WAITS_FROM_NOW = text(
    f"""
    UPDATE cases SET waiting_since = :now WHERE state = 'open' AND level = 0 AND NOT {TOLD}
    AND id IN (SELECT c.case_id FROM outbox AS o JOIN case_alerts AS c ON c.alert_id = o.alert_id
               WHERE o.state = 'digested' AND o.budget_id = CAST(:id AS uuid))
    """  # noqa: S608 fixed
)
_COLUMNS = "id::text, starts, ends, sent, paged_at IS NOT NULL, digested_at IS NOT NULL"


def budget_at(connection: Connection, now: datetime, length: timedelta) -> Budget:
    """The stretch that `now` falls into. Stretches follow each other from 1970 on, so all agree on them."""
    starts = EPOCH + (now - EPOCH) // length * length
    values = {"starts": starts, "ends": starts + length}
    connection.execute(
        text("INSERT INTO alert_budgets (starts, ends) VALUES (:starts, :ends) ON CONFLICT DO NOTHING"), values
    )
    statement = text(f"SELECT {_COLUMNS} FROM alert_budgets WHERE starts = :starts AND ends = :ends")  # noqa: S608
    return Budget(*connection.execute(statement, values).one())


def note_sent(connection: Connection, budget: Budget, count: int) -> None:
    statement = text("UPDATE alert_budgets SET sent = sent + :count WHERE id = CAST(:id AS uuid)")
    connection.execute(statement, {"id": budget.id, "count": count})


def note_paged(connection: Connection, budget: Budget, now: datetime) -> None:
    statement = text("UPDATE alert_budgets SET paged_at = :now WHERE id = CAST(:id AS uuid)")
    connection.execute(statement, {"id": budget.id, "now": now})


def undigested(connection: Connection, now: datetime) -> list[Budget]:
    """Stretches that are over and hold alerts of which no digest has told, oldest first."""
    statement = text(
        f"SELECT {_COLUMNS} FROM alert_budgets WHERE ends <= :now AND digested_at IS NULL AND EXISTS "  # noqa: S608
        "(SELECT 1 FROM outbox WHERE state = 'digested' AND budget_id = alert_budgets.id) ORDER BY ends, id"
    )
    return [Budget(*row) for row in connection.execute(statement, {"now": now})]


def alerts_of(connection: Connection, budget: Budget) -> list[Digested]:
    """What its digest tells of, in the order in which it was raised."""
    statement = text(
        "SELECT a.rule, a.severity, c.case_id::text FROM outbox AS o JOIN alerts AS a ON a.id = o.alert_id "
        "LEFT JOIN case_alerts AS c ON c.alert_id = o.alert_id "
        "WHERE o.state = 'digested' AND o.budget_id = CAST(:id AS uuid) ORDER BY o.id"
    )
    return [Digested(*row) for row in connection.execute(statement, {"id": budget.id})]


def note_digested(connection: Connection, budget: Budget, now: datetime) -> None:
    """Its digest is on its way. A case that nobody was told of before waits for somebody from now on."""
    values = {"id": budget.id, "now": now}
    connection.execute(_WAITS_FROM_NOW, values)
    connection.execute(text("UPDATE alert_budgets SET digested_at = :now WHERE id = CAST(:id AS uuid)"), values)
