"""From the deliveries to the receivers: each message until it is taken, or until two days have passed.

At least once: a deliverer that dies after a receiver said yes sends again, under the same `webhook-id`. Each
endpoint has its turn in a thread of its own, so a slow one delays no other; only the main thread writes.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import Engine

from alerts.delivery.pauses import Pauses
from alerts.delivery.settling import DeliverySummary, Settler
from alerts.delivery.targets import Targets
from alerts.delivery.turn import Ended, Over, Post, Turn, TurnOptions
from storage.claims import Claim, any_left_alone, claim_for, release, waiting_endpoints
from storage.database import transaction
from storage.errors import StorageOutage

_log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
Sleep = Callable[[float], object]


@dataclass(frozen=True)
class DeliveryConfig:
    """Where to deliver, and how eagerly."""

    targets: Targets
    turn: TurnOptions = field(default_factory=TurnOptions)
    batch: int = 100  # messages of one turn at most
    threads: int = 16  # turns at once at most; more endpoints than that take turns
    idle_seconds: float = 1.0
    outage_seconds: float = 30.0
    dead_after: timedelta = timedelta(hours=24)

    @property
    def lease(self) -> timedelta:
        """Outlasts a turn and the attempt that it ends in."""
        return timedelta(seconds=60 + self.turn.seconds + 2 * self.turn.timeout)


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
    stop: threading.Event | None = None,
    before_round: Sequence[Callable[[], None]] = (),
    summary: DeliverySummary | None = None,
) -> DeliverySummary:
    """Deliver what is due: all of it and return (`once`), or for ever until `stop` is set.

    `before_round` is called once a second or so, and whenever there is nothing in hand. Any number of
    deliverers may run at once. `summary` may be watched from outside while it grows.
    """
    stop = stop or threading.Event()
    summary = summary or DeliverySummary()
    with ThreadPoolExecutor(config.threads, thread_name_prefix="endpoint") as threads:
        deliverer = _Deliverer(engine, config, clock, random or Random(), stop, before_round, threads, summary)
        deliverer.run(once, sleep or stop.wait)
    return summary


class _Deliverer:
    def __init__(
        self,
        engine: Engine,
        config: DeliveryConfig,
        clock: Clock,
        random: Random,
        stop: threading.Event,
        before_round: Sequence[Callable[[], None]],
        threads: ThreadPoolExecutor,
        summary: DeliverySummary,
    ) -> None:
        self._engine = engine
        self._config = config
        self._clock = clock
        self._stop = stop
        self._before_round = before_round
        self._threads = threads
        self._settler = Settler(config.dead_after, random)
        self._post: Post = queue.SimpleQueue()
        self._turns: set[str] = set()  # endpoints that have their turn now
        self._unnoted: list[Ended] = []
        self._unreleased: list[Claim] = []
        self._served: dict[str, float] = {}  # when each endpoint had its last turn
        self._halt = threading.Event()  # ends the turns, whatever the reason
        self._looked = float("-inf")
        self.summary = summary

    def run(self, once: bool, sleep: Sleep) -> None:
        try:
            while not self._stop.is_set():
                wait = self._guarded_round(once)
                if wait is None:
                    self._see_who_is_left_alone()
                    return
                if wait:
                    sleep(wait)
        finally:
            self._wind_up()

    def _see_who_is_left_alone(self) -> None:
        with transaction(self._engine) as connection:
            self.summary.paused = any_left_alone(connection, self._clock())

    def _guarded_round(self, once: bool) -> float | None:
        try:
            return self._round(once)
        except StorageOutage as error:
            if once:
                raise
            _log.warning("%s; trying again in %.0f s", error, self._config.outage_seconds)
            return self._config.outage_seconds

    def _round(self, once: bool) -> float | None:
        """Start turns, or collect what they did. Returns how long to sleep, or None when all is done."""
        self._write_down()
        pauses = self._look() if self._time_to_look() else Pauses()
        if self._turns:
            self._collect(self._config.idle_seconds)
            return 0.0
        if once:
            return pauses.worth_waiting()
        return min(pauses.shortest(), self._config.idle_seconds)

    def _time_to_look(self) -> bool:
        free = len(self._turns) < self._config.threads
        return not self._turns or (free and time.monotonic() - self._looked >= self._config.idle_seconds)

    def _look(self) -> Pauses:
        """Begin a turn for each endpoint with something due; how long the others are not to be asked."""
        self._looked = time.monotonic()
        for prepare in self._before_round:
            prepare()
        now = self._clock()
        with transaction(self._engine) as connection:
            waiting = [each for each in waiting_endpoints(connection, now) if self._config.targets.known(each.name)]
        pauses = Pauses()
        for each in sorted(waiting, key=lambda each: self._served.get(each.name, 0.0)):
            if not pauses.note(each, now) and each.name not in self._turns and len(self._turns) < self._config.threads:
                self._begin(each.name, now)
        return pauses

    def _begin(self, name: str, now: datetime) -> None:
        with transaction(self._engine) as connection:
            claimed = claim_for(connection, name, now, self._config.batch, self._config.lease)
        if claimed is None:
            return
        self._served[name] = time.monotonic()
        self._turns.add(name)
        turn = Turn(claimed, self._config.turn, self._post)
        opened = partial(self._config.targets.target, claimed.endpoint, claimed.secrets)
        self._threads.submit(turn.take, opened, self._clock, self._stopped)

    def _stopped(self) -> bool:
        return self._stop.is_set() or self._halt.is_set()

    def _collect(self, seconds: float) -> None:
        """Wait for something to note, and note all there is in one transaction."""
        try:
            self._file(self._post.get(timeout=seconds))
            while True:
                self._file(self._post.get_nowait())
        except queue.Empty:
            self._write_down()

    def _file(self, item: Ended | Over) -> None:
        if isinstance(item, Ended):
            self._unnoted.append(item)
            return
        self._turns.discard(item.name)
        self._looked = float("-inf")
        self._unreleased += item.unsent
        if item.broke is not None:
            raise item.broke

    def _write_down(self) -> None:
        """What cannot be written now is kept, and its senders wait: nothing more is sent that could not be noted."""
        if not (self._unnoted or self._unreleased):
            return
        found = DeliverySummary()
        with transaction(self._engine) as connection:
            now = self._clock()
            for name in sorted({each.name for each in self._unnoted}):
                outcomes = [each.outcome for each in self._unnoted if each.name == name]
                self._settler.note(connection, name, outcomes, now, found)
            release(connection, self._unreleased)
        self.summary.add(found)
        noted, self._unnoted, self._unreleased = self._unnoted, [], []
        for each in noted:
            each.noted.set()

    def _wind_up(self) -> None:
        """Let the turns end, note what they did, give back what they did not."""
        self._halt.set()
        while self._turns or self._unnoted or self._unreleased:
            try:
                self._collect(0.1)
            except Exception as error:
                _log.warning("while stopping: %s; what was sent last may be sent again", error)
                self._let_go()

    def _let_go(self) -> None:
        """It cannot be noted and we have to end: leases run out, and the messages come again under the same ids."""
        for each in self._unnoted:
            each.noted.set()
        self._unnoted, self._unreleased = [], []
