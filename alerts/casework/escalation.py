"""The sweep over cases that nobody claims: the lead is told."""

from datetime import datetime

from sqlalchemy import Connection

from alerts.casework.policy import LEVELS, Policy
from alerts.casework.telling import escalated, many_escalated
from storage.case_history import SYSTEM
from storage.case_moves import escalate
from storage.cases import Case
from storage.deliveries import Message, enqueue
from storage.outbox import somebody_listens
from storage.waiting_cases import take_unclaimed

MANY = 10  # more than so many at once are told in one message


def escalate_due(connection: Connection, now: datetime, policy: Policy) -> int:
    """Escalate each case that has waited too long, once a level; returns how many.

    Nothing is done while no endpoint takes messages for the lead: the cases stay due. Two sweeps at once do not
    see the same case.
    """
    due = take_unclaimed(connection, now, policy.unclaimed, LEVELS, policy.batch)
    if not due or not somebody_listens(connection, "lead"):
        return 0
    cases = [escalate(connection, case.id, SYSTEM, now, said=_why(case, policy)) for case in due]
    enqueue(connection, _messages(cases, now, policy), now)
    return len(cases)


def escalate_by_hand(
    connection: Connection, case_id: str, who: str, now: datetime, policy: Policy, said: str | None, *, force: bool
) -> tuple[Case, int]:
    """A moderator hands a case to the lead; also returns how many endpoints will tell of it."""
    case = escalate(connection, case_id, who, now, said=said, force=force)
    return case, enqueue(connection, [escalated(case, f"escalated by {who}", now, policy)], now)


def _messages(cases: list[Case], now: datetime, policy: Policy) -> list[Message]:
    if len(cases) > MANY:
        return [many_escalated(cases, "nobody has claimed them", now, policy)]
    return [escalated(case, _why(case, policy), now, policy) for case in cases]


def _why(case: Case, policy: Policy) -> str:
    return f"unclaimed for {policy.unclaimed[case.severity].total_seconds() / 60:.0f} minutes"
