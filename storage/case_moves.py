"""What a moderator may do with a case. Each move locks the case, checks that it may be made, and is written down.

Whoever comes second finds the case as the first left it: of two who claim, one is refused.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from storage.case_history import SYSTEM, note
from storage.cases import CLAIMED, CLOSED, ESCALATED, OPEN, Case, read_case
from storage.errors import CaseRefused


def claim(connection: Connection, case_id: str, who: str, now: datetime, *, force: bool = False) -> Case:
    """Take a case, so that nobody else works on it. Claiming what one has already changes nothing."""
    case = read_case(connection, case_id, lock=True)
    _require_standing(case)
    if case.state == CLAIMED and case.claimed_by == who:
        return case
    _require_mine(case, who, force)
    said = f"taken over from {case.claimed_by}" if case.claimed_by else None
    return _move(connection, case, "claimed", CLAIMED, who, now, said, claimed_by=who, claimed_at=now, level=0)


def release(
    connection: Connection, case_id: str, who: str, now: datetime, *, said: str | None = None, force: bool = False
) -> Case:
    """Give a case back: it is open again and waits anew."""
    case = read_case(connection, case_id, lock=True)
    _require_standing(case)
    if case.state != CLAIMED:
        raise CaseRefused(f"case {case.id} is {case.state}, nobody has claimed it: there is nothing to release")
    _require_mine(case, who, force)
    return _move(connection, case, "released", OPEN, who, now, said, waiting_since=now, level=0)


def close(
    connection: Connection,
    case_id: str,
    who: str,
    now: datetime,
    reason: str,
    *,
    said: str | None = None,
    force: bool = False,
) -> Case:
    """End a case. One that nobody has claimed may be closed at once; somebody else's only with `force`."""
    case = read_case(connection, case_id, lock=True)
    if case.state == CLOSED:
        raise CaseRefused(f"case {case.id} is closed already ({case.reason}): reopen it to close it differently")
    _require_mine(case, who, force)
    words = reason if said is None else f"{reason}: {said}"
    return _move(connection, case, "closed", CLOSED, who, now, words, closed_at=now, reason=reason)


def reopen(connection: Connection, case_id: str, who: str, now: datetime, *, said: str | None = None) -> Case:
    """Take up a closed case again, unless a newer one of the same rule and subject stands."""
    case = read_case(connection, case_id, lock=True)
    if case.state != CLOSED:
        raise CaseRefused(f"case {case.id} is {case.state}: only a closed case can be reopened")
    newer = _newer(connection, case)
    if newer:
        raise CaseRefused(f"case {newer} of the same rule and subject stands already: work on that one")
    return _move(connection, case, "reopened", OPEN, who, now, said, waiting_since=now, level=0)


def escalate(
    connection: Connection, case_id: str, who: str, now: datetime, *, said: str | None = None, force: bool = False
) -> Case:
    """Hand a case to the lead. It waits again, and anybody may claim it."""
    case = read_case(connection, case_id, lock=True)
    _require_standing(case)
    if case.state == ESCALATED and who != SYSTEM and not force:
        raise CaseRefused(f"case {case.id} is with the lead already: add --force to tell the lead again")
    _require_mine(case, who, force)
    times = {"level": case.level + 1, "escalations": case.escalations + 1}
    return _move(connection, case, "escalated", ESCALATED, who, now, said, waiting_since=now, **times)


def _require_standing(case: Case) -> None:
    if case.state == CLOSED:
        raise CaseRefused(f"case {case.id} is closed ({case.reason}): reopen it first")


def _require_mine(case: Case, who: str, force: bool) -> None:
    if case.claimed_by not in (None, who) and not force:
        raise CaseRefused(
            f"case {case.id} was claimed by {case.claimed_by} at {case.claimed_at:%Y-%m-%d %H:%M}: ask for it to be "
            "released, or add --force"
        )


def _newer(connection: Connection, case: Case) -> str | None:
    statement = text(
        "SELECT id::text FROM cases WHERE rule = :rule AND subject_kind = :kind AND subject = :subject "
        "AND state <> 'closed'"
    )
    values = {"rule": case.rule, "kind": case.subject_kind, "subject": case.subject}
    return connection.execute(statement, values).scalar()


def _move(
    connection: Connection,
    case: Case,
    event: str,
    state: str,
    who: str,
    now: datetime,
    said: str | None,
    **changes: Any,
) -> Case:
    """Who has it, when it was closed and why are those of the new state alone."""
    values = {"claimed_by": None, "claimed_at": None, "closed_at": None, "reason": None} | changes
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    statement = text(f"UPDATE cases SET state = :state, {assignments} WHERE id = CAST(:id AS uuid)")  # noqa: S608 fixed
    connection.execute(statement, {"state": state, "id": case.id, **values})
    note(connection, case.id, who, event, at=now, before=case.state, after=state, said=said)
    return read_case(connection, case.id)
