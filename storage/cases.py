"""Cases: what a moderator works on.

A case is open, claimed by somebody, escalated to the lead, or closed; `storage/case_moves.py` changes it, and
`storage/case_opening.py` makes it.
"""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, text

from storage.case_words import STATES
from storage.errors import StorageError

OPEN, CLAIMED, ESCALATED, CLOSED = STATES
RANK = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it stands."""

    id: str  # that of the alert that opened it
    rule: str
    subject_kind: str
    subject: str
    emotion: str
    severity: str  # the highest of its alerts
    state: str
    opened_at: datetime
    waiting_since: datetime
    level: int  # escalations while it waits
    escalations: int  # ever
    claimed_by: str | None
    claimed_at: datetime | None
    closed_at: datetime | None
    reason: str | None


COLUMNS = ", ".join(f"cases.{field.name}" for field in fields(Case)).replace("cases.id", "cases.id::text")


def read_case(connection: Connection, case_id: str, *, lock: bool = False) -> Case:
    """One case by its whole id; `lock` holds it until the transaction ends."""
    statement = f"SELECT {COLUMNS} FROM cases WHERE id = CAST(:id AS uuid)" + (" FOR UPDATE" if lock else "")  # noqa: S608
    row = connection.execute(text(statement), {"id": case_id}).first()
    if row is None:
        raise StorageError(f"there is no case {case_id}: see `tideline alerts list`")
    return Case(*row)
