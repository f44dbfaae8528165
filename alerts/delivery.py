"""From the outbox to the receiver: each webhook until it is taken, or until two days have passed.

At least once: a deliverer that dies after the receiver said yes sends again, under the same `webhook-id`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import requests
from sqlalchemy import Engine

from alerts.attempt import Endpoint, attempt, make_session
from alerts.errors import DeliveryFailed
from storage.database import transaction
from storage.errors import StorageOutage
from storage.outbox import Claim, claim_due, mark_delivered, mark_failed, mark_retry, next_attempt, release

_log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
Sleep = Callable[[float], object]


@dataclass(frozen=True)
class DeliveryConfig:
    """Where to deliver, and how eagerly. The lease outlasts a whole batch of timeouts."""

    endpoint: Endpoint
    batch: int = 10
    idle_seconds: float = 1.0
    unanswered: int = 5  # failures in a row after which the receiver is left alone for a while
    pause_seconds: float = 60.0

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=60 + 2 * self.batch * self.endpoint.timeout)


@dataclass
class DeliverySummary:
    """What one run of `deliver` did. `healthy` is false when somebody should look at the receiver."""

    delivered: int = 0
    retried: int = 0
    failed: int = 0  # given up for good
    gone: bool = False  # the receiver answered 410: it wants no more
    paused: bool = False  # at the end the receiver was being left alone
    statuses: dict[str, int] = field(default_factory=dict)

    @property
    def healthy(self) -> bool:
        return not (self.failed or self.gone or self.paused)


def utc_now() -> datetime:
    return datetime.now(UTC)


def deliver(
    engine: Engine,
    config: DeliveryConfig,
    *,
    once: bool,
    clock: Clock = utc_now,
    sleep: Sleep | None = None,
    random: Random | None = None,
    http: requests.Session | None = None,
    stop: threading.Event | None = None,
    taken: Callable[[], None] | None = None,
) -> DeliverySummary:
    """Deliver what is due: all of it and return (`once`), or for ever until `stop` is set.

    A receiver that answers 410 ends the run; its webhooks stay in the outbox. `taken` is called between a
    receiver's yes and the note of it, the worst moment to die.
    """
    stop = stop or threading.Event()
    deliverer = _Deliverer(engine, config, clock, random or Random(), http or make_session(), stop, taken)
    deliverer.run(once, sleep or stop.wait)
    return deliverer.summary


class _Deliverer:
    def __init__(
        self,
        engine: Engine,
        config: DeliveryConfig,
        clock: Clock,
        random: Random,
        http: requests.Session,
        stop: threading.Event,
        taken: Callable[[], None] | None,
    ) -> None:
        self._engine = engine
        self._config = config
        self._clock = clock
        self._random = random
        self._http = http
        self._stop = stop
        self._taken = taken
        self._in_a_row = 0
        self._not_before: datetime | None = None  # the receiver is left alone until then
        self.summary = DeliverySummary()

    def run(self, once: bool, sleep: Sleep) -> None:
        while not self._stop.is_set() and not self.summary.gone:
            wait = self._round(once)
            if once and wait:
                return
            if wait:
                sleep(wait)

    def _round(self, once: bool) -> float:
        """One batch; how long to wait before the next, 0 for not at all."""
        try:
            claims = self._claim()
            for index, claim in enumerate(claims):
                if self._stop.is_set() or self._not_before or self.summary.gone:
                    self._give_back(claims[index:])
                    break
                self._send(claim)
        except StorageOutage as error:
            if once:
                raise
            _log.warning("%s; trying again in %.0f s", error, self._config.pause_seconds)
            return self._config.pause_seconds
        return self._pause() or (0.0 if claims else self._config.idle_seconds)

    def _pause(self) -> float:
        self.summary.paused = self._not_before is not None
        if self._not_before is None:
            return 0.0
        wait = (self._not_before - self._clock()).total_seconds()
        self._not_before = None
        return max(wait, 0.001)

    def _claim(self) -> list[Claim]:
        with transaction(self._engine) as connection:
            return claim_due(connection, self._clock(), self._config.batch, self._config.lease)

    def _give_back(self, claims: list[Claim]) -> None:
        with transaction(self._engine) as connection:
            release(connection, claims, self._not_before or self._clock())

    def _send(self, claim: Claim) -> None:
        """The request is made outside any transaction: a slow receiver holds no lock."""
        try:
            status = attempt(self._config.endpoint, claim, self._clock(), self._http)
        except DeliveryFailed as failure:
            self._refused(claim, failure)
            return
        if self._taken:
            self._taken()
        with transaction(self._engine) as connection:
            mark_delivered(connection, claim, self._clock(), status)
        self._in_a_row = 0
        self.summary.delivered += 1
        self._count(str(status))

    def _refused(self, claim: Claim, failure: DeliveryFailed) -> None:
        self._count(str(failure.status) if failure.status else "no answer")
        if failure.gone:
            self._stop_for_good(claim)
            return
        now = self._clock()
        self._leave_alone(failure, now)
        due = next_attempt(claim, now, self._random)
        if due is None:
            self._give_up(claim, failure)
            return
        with transaction(self._engine) as connection:
            mark_retry(connection, claim, max(due, self._not_before or due), failure.status, str(failure))
        self.summary.retried += 1

    def _stop_for_good(self, claim: Claim) -> None:
        self.summary.gone = True
        self._give_back([claim])
        _log.error(
            "the receiver at %s answered 410 Gone and gets no more webhooks; they wait in the outbox: "
            "correct TIDELINE_WEBHOOK_URL and run `tideline deliver` again",
            self._config.endpoint.host,
        )

    def _leave_alone(self, failure: DeliveryFailed, now: datetime) -> None:
        self._in_a_row += 1
        wait = failure.retry_after
        if wait is None and self._in_a_row >= self._config.unanswered:
            wait = self._config.pause_seconds
            _log.error(
                "the receiver at %s did not take %d webhooks in a row (last: %s); trying again in %.0f s",
                self._config.endpoint.host, self._in_a_row, failure.status or "no answer", wait,
            )  # fmt: skip
        if wait:
            self._not_before = now + timedelta(seconds=wait)

    def _give_up(self, claim: Claim, failure: DeliveryFailed) -> None:
        with transaction(self._engine) as connection:
            mark_failed(connection, claim, failure.status, str(failure))
        self.summary.failed += 1
        _log.error(
            "gave up on the webhook of alert %s after %d attempts (last: %s): see the receiver at %s",
            claim.alert_id, claim.attempts, failure.status or "no answer", self._config.endpoint.host,
        )  # fmt: skip

    def _count(self, status: str) -> None:
        self.summary.statuses[status] = self.summary.statuses.get(status, 0) + 1
