"""The history of cases: who changed what, when and why. The database refuses to change or delete a line of it.

The one exception is the erasure of a person, which says so in a setting of its own transaction. That guards
against mistakes and against this code; whoever administers the database can do anything to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

SYSTEM = "tideline"  # who opens, joins and escalates by itself


@dataclass(frozen=True, slots=True)
class Line:
    """One change of a case."""

    at: datetime
    who: str
    event: str
    before: str | None
    after: str | None
    note: str | None


_INSERT = text(
    "INSERT INTO case_history (case_id, at, who, event, before, after, note) "
    "VALUES (CAST(:case AS uuid), coalesce(:at, now()), :who, :event, :before, :after, :note)"
)
_INSERT_ALL = text(
    "INSERT INTO case_history (case_id, who, event, before, after, note) "
    "SELECT c.id, :who, :event, c.before, c.after, c.note FROM unnest(CAST(:cases AS uuid[]), CAST(:before AS text[]), "
    "CAST(:after AS text[]), CAST(:notes AS text[])) WITH ORDINALITY AS c(id, before, after, note, place) "
    "ORDER BY place"
)
_ERASING = text("SELECT set_config('tideline.erasing', :value, true)")  # until the transaction ends
_OF_PERSON = text(
    "SELECT id::text FROM cases WHERE subject_kind = 'person' AND subject = :person ORDER BY id FOR UPDATE"
)
_CLOSED = text("SELECT id::text FROM cases WHERE state = 'closed' AND closed_at < :before ORDER BY id FOR UPDATE")
_CASES = (
    "DELETE FROM case_history WHERE case_id = ANY(CAST(:cases AS uuid[]))",
    "DELETE FROM cases WHERE id = ANY(CAST(:cases AS uuid[]))",
)
_NAMED = (
    "DELETE FROM silences WHERE subject_kind = 'person' AND subject = :person",
    "UPDATE silences SET reason = 'erased' WHERE strpos(lower(reason), :person) > 0",
    "UPDATE case_history SET note = NULL WHERE strpos(lower(note), :person) > 0",
)
_ENDED = (
    "DELETE FROM silences WHERE least(expires_at, removed_at) < :before",
    "DELETE FROM alert_budgets WHERE digested_at < :before OR ends < :before AND NOT EXISTS "
    "(SELECT 1 FROM outbox WHERE state = 'digested' AND budget_id = alert_budgets.id)",
)


def note(
    connection: Connection,
    case_id: str,
    who: str,
    event: str,
    *,
    at: datetime | None = None,
    before: str | None = None,
    after: str | None = None,
    said: str | None = None,
) -> None:
    """Add a line; without `at` it is of now."""
    values = {"case": case_id, "at": at, "who": who, "event": event, "before": before, "after": after, "note": said}
    connection.execute(_INSERT, values)


def note_all(connection: Connection, who: str, event: str, lines: Sequence[Sequence[str | None]]) -> None:
    """Add a line of now to each of many cases: (case, before, after, note)."""
    if lines:
        cases, before, after, notes = (list(column) for column in zip(*lines, strict=True))
        values = {"cases": cases, "before": before, "after": after, "notes": notes}
        connection.execute(_INSERT_ALL, {"who": who, "event": event, **values})


def read_history(connection: Connection, case_id: str) -> list[Line]:
    """All lines of a case, oldest first."""
    statement = text(
        "SELECT at, who, event, before, after, note FROM case_history WHERE case_id = CAST(:case AS uuid) ORDER BY id"
    )
    return [Line(*row) for row in connection.execute(statement, {"case": case_id})]


def erase_person(connection: Connection, person: str) -> None:
    """Forget the cases of a person, with their history and silences; other cases lose notes that name the person."""
    cases = connection.execute(_OF_PERSON, {"person": person}).scalars().all()
    _erase(connection, (*_CASES, *_NAMED), {"cases": cases, "person": person})


def expire_cases(connection: Connection, before: datetime) -> int:
    """Delete cases closed before then, with their history, and silences and budgets that ended; returns how many."""
    cases = connection.execute(_CLOSED, {"before": before}).scalars().all()
    _erase(connection, (*_CASES, *_ENDED), {"cases": cases, "before": before})
    return len(cases)


def _erase(connection: Connection, statements: tuple[str, ...], values: Mapping[str, Any]) -> None:
    connection.execute(_ERASING, {"value": "on"})
    for statement in statements:
        connection.execute(text(statement), values)
    connection.execute(_ERASING, {"value": "off"})
