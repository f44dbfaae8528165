"""From alerts to messages: silences first, then the alert budget, then the endpoints' deliveries.

Every alert that is to be told ends in exactly one place: dispatched, silenced, or in the digest of a stretch
of time whose budget was used up. All in one transaction, so none is lost between two, and none is in both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alerts.casework.policy import Policy
from alerts.casework.telling import digest, over_budget
from alerts.delivery.webhook import TYPE, thin_payload
from alerts.types import Alert
from storage import budgets
from storage.deliveries import Message, enqueue
from storage.outbox import (
    Pending,
    lock_outbox,
    mark_digested,
    mark_dispatched,
    mark_silenced,
    somebody_listens,
    take_pending,
)


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What one round of dispatch did, in alerts; `digests` are messages. `unheard` alerts wait for an endpoint."""

    dispatched: int = 0
    silenced: int = 0
    digested: int = 0
    digests: int = 0
    unheard: int = 0

    @property
    def moved(self) -> int:
        """How many alerts are not where they were; while there are any, there may be more to do."""
        return self.dispatched + self.silenced + self.digested


def dispatch_due(connection: Connection, now: datetime, policy: Policy) -> Dispatched:
    """Hand what nobody was told of to the deliveries, in the order in which it was raised.

    Alerts wait while no endpoint takes messages for moderators; they are dispatched when there is one.
    One dispatcher works at a time, in the caller's transaction, so two at once send nothing twice.
    """
    lock_outbox(connection)
    rows = take_pending(connection, now, policy.batch)
    silenced = [row for row in rows if row.silence_id is not None]
    if silenced:
        mark_silenced(connection, silenced, now)
    rest = [row for row in rows if row.silence_id is None]
    ended = budgets.undigested(connection, now)
    if not (rest or ended) or not somebody_listens(connection, "moderators"):
        return Dispatched(silenced=len(silenced), unheard=len(rest))
    told, over = _tell(connection, rest, now, policy)
    _send_digests(connection, ended, now, policy)
    return Dispatched(told, len(silenced), over, len(ended))


def split(rows: Sequence[Pending], room: int) -> tuple[list[Pending], list[Pending]]:
    """What is told at once, and what goes over a budget with so much room left. The gravest always goes at once.

    What is told takes of the room, grave or not.
    """
    told: list[Pending] = []
    over: list[Pending] = []
    for row in rows:
        (told if row.severity == "high" or len(told) < room else over).append(row)
    return told, over


def _tell(connection: Connection, rows: Sequence[Pending], now: datetime, policy: Policy) -> tuple[int, int]:
    """How many were told, and how many wait for a digest."""
    if not rows:
        return 0, 0
    if not policy.budget:
        _send(connection, rows, now, policy)
        return len(rows), 0
    budget = budgets.budget_at(connection, now, policy.stretch)
    room = len(rows) if budget.digested else policy.budget - budget.sent
    told, over = split(rows, room)
    _send(connection, told, now, policy)
    budgets.note_sent(connection, budget, len(told))
    if over:
        mark_digested(connection, over, now, budget.id)
        _page(connection, budget, now, policy)
    return len(told), len(over)


def _send(connection: Connection, rows: Sequence[Pending], now: datetime, policy: Policy) -> None:
    if rows:
        enqueue(connection, [_message(row, policy) for row in rows], now)
        mark_dispatched(connection, rows, now)


def _message(row: Pending, policy: Policy) -> Message:
    """The webhook's id is the alert's, so a receiver counts an alert once however often it comes."""
    stored: tuple[Any, ...] = (
        row.alert_id, row.rule, row.rule_version, row.subject_kind, row.subject, row.emotion, row.at,
        row.statistic, row.threshold, row.severity,
    )  # fmt: skip
    alert = Alert(*stored)
    return Message(alert.id, TYPE, thin_payload(alert, policy.link_base, row.case_id), alert.severity, "moderators")


def _page(connection: Connection, budget: budgets.Budget, now: datetime, policy: Policy) -> None:
    """Once a stretch; while nobody takes messages for the lead, it is still to be done."""
    if not budget.paged and enqueue(connection, [over_budget(budget, now, policy)], now):
        budgets.note_paged(connection, budget, now)


def _send_digests(connection: Connection, ended: Sequence[budgets.Budget], now: datetime, policy: Policy) -> None:
    """One message for each stretch that is over and used up its budget."""
    for budget in ended:
        enqueue(connection, [digest(budget, budgets.alerts_of(connection, budget), policy)], now)
        budgets.note_digested(connection, budget, now)
