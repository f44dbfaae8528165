"""What follows from how attempts ended: delivered, to be tried again, given up, or an endpoint disabled."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Connection

from alerts.delivery.attempt import Outcome
from alerts.delivery.schedule import next_attempt
from alerts.delivery.standing import OF_THE_MESSAGE, after, why_dead
from storage.claims import IN_A_ROW
from storage.endpoints import disable_endpoint, hasten
from storage.settled import Settled, Standing, lock_standing, messages_tried, settle, write_standing

_log = logging.getLogger(__name__)


@dataclass
class DeliverySummary:
    """What one run of `deliver` did. `healthy` is false when somebody should look at a receiver."""

    delivered: int = 0
    retried: int = 0
    failed: int = 0  # given up for good
    gone: bool = False  # a receiver answered 410: it wants no more
    disabled: list[str] = field(default_factory=list)  # endpoints that were disabled, that one included
    paused: bool = False  # at the end a receiver with something to come was being left alone
    statuses: dict[str, int] = field(default_factory=dict)

    def add(self, more: DeliverySummary) -> None:
        self.delivered += more.delivered
        self.retried += more.retried
        self.failed += more.failed
        self.gone = self.gone or more.gone
        self.disabled += more.disabled
        for status, count in more.statuses.items():
            self.statuses[status] = self.statuses.get(status, 0) + count

    @property
    def healthy(self) -> bool:
        return not (self.failed or self.disabled or self.paused)


class Settler:
    """Writes down how the attempts of one endpoint ended, in the caller's transaction, and keeps the score."""

    def __init__(self, dead_after: timedelta, random: Random) -> None:
        self._dead_after = dead_after
        self._random = random

    def note(
        self, connection: Connection, name: str, outcomes: Sequence[Outcome], now: datetime, summary: DeliverySummary
    ) -> None:
        before = lock_standing(connection, name)
        if before is None:
            return  # somebody removed the endpoint, and with it its deliveries
        standing, dead = before, None
        ended = []
        for outcome in outcomes:
            standing = after(standing, outcome, now, self._random)
            dead = dead or why_dead(standing, outcome, now, self._dead_after)
            ended.append(self._ended(outcome, standing, now))
        ours = settle(connection, ended)
        write_standing(connection, name, before, standing)
        if before.failures >= IN_A_ROW and not standing.failures:
            hasten(connection, name, now)
        if dead and not self._dislikes_one(connection, name, standing, outcomes[-1]):
            self._disable(connection, name, dead, outcomes, now, summary)
        self._count(name, ended, ours, before, standing, summary)

    def _dislikes_one(self, connection: Connection, name: str, standing: Standing, last: Outcome) -> bool:
        """One message that a receiver will never take says nothing about the next one."""
        since = standing.failing_since
        return last.status in OF_THE_MESSAGE and since is not None and messages_tried(connection, name, since) < 2

    def _ended(self, outcome: Outcome, standing: Standing, now: datetime) -> Settled:
        claim = outcome.claim
        state, due = "delivered", now
        if not outcome.taken:
            following = next_attempt(claim.created_at, claim.attempts, now, self._random)
            state, due = ("failed", now) if following is None else ("pending", following)
        if outcome.throttles and standing.blocked_until:
            due = max(due, standing.blocked_until)
        return Settled(
            claim.id, claim.attempts, state, outcome.at, due, outcome.status, outcome.milliseconds, _said(outcome)
        )

    def _disable(
        self,
        connection: Connection,
        name: str,
        why: str,
        outcomes: Sequence[Outcome],
        now: datetime,
        summary: DeliverySummary,
    ) -> None:
        summary.gone = summary.gone or any(outcome.gone for outcome in outcomes)
        if disable_endpoint(connection, name, now, why, report=True):
            summary.disabled.append(name)
            _log.error(
                "endpoint %s is disabled: %s; what waits for it is kept: mend the receiver and run "
                "`tideline endpoints enable %s`",
                name, why, name,
            )  # fmt: skip

    def _count(
        self,
        name: str,
        ended: Sequence[Settled],
        ours: set[int],
        before: Standing,
        standing: Standing,
        summary: DeliverySummary,
    ) -> None:
        names = {"delivered": "delivered", "pending": "retried", "failed": "failed"}
        for each in ended:
            status = str(each.status) if each.status else "no answer"
            summary.statuses[status] = summary.statuses.get(status, 0) + 1
            if each.id in ours:
                setattr(summary, names[each.state], getattr(summary, names[each.state]) + 1)
            if each.state == "failed":
                _log.error(
                    "gave up on a message to endpoint %s after %d attempts (last: %s): see `tideline deliveries list`",
                    name, each.attempts, status,
                )  # fmt: skip
        if before.failures < IN_A_ROW <= standing.failures:
            last = str(ended[-1].status) if ended[-1].status else ended[-1].said
            _log.error("endpoint %s did not take %d messages in a row (last: %s)", name, standing.failures, last)


def _said(outcome: Outcome) -> str:
    """Fit to be shown: the status and a cut of the answer, or why there was none."""
    if outcome.status is None:
        return outcome.said
    return f"HTTP {outcome.status}{': ' + outcome.said if outcome.said else ''}"
