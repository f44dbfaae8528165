"""One endpoint's turn: its claimed messages, one after another over one connection, each noted before the next."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue
from random import Random
from threading import Event

from alerts.delivery.attempt import Line, Outcome, Target
from alerts.delivery.standing import after
from alerts.delivery.wire import Net
from alerts.errors import EndpointInvalid
from storage.claims import Claim, Claimed
from storage.settled import Standing


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt has ended; `noted` is set once that is written down."""

    name: str
    outcome: Outcome
    noted: Event


@dataclass(frozen=True, slots=True)
class Over:
    """A turn is over. `unsent` is to be given back; `broke` is what went wrong with us, not with the receiver."""

    name: str
    unsent: list[Claim]
    broke: BaseException | None = None


Post = SimpleQueue[Ended | Over]


@dataclass(frozen=True)
class TurnOptions:
    """How long one attempt and one turn may take."""

    timeout: float = 15.0
    seconds: float = 30.0
    net: Net = field(default_factory=Net)
    taken: Callable[[], None] | None = None  # called between a receiver's yes and the note of it


class Turn:
    """Sends until all is sent, the endpoint wants no more for now, or the time of the turn is up.

    Runs in a thread of its own and touches no database: a slow receiver holds up nobody, and no lock.
    """

    def __init__(self, claimed: Claimed, options: TurnOptions, post: Post) -> None:
        self._claimed = claimed
        self._name = claimed.endpoint.name
        self._options = options
        self._post = post
        self._unsent = list(claimed.claims)
        self._refused: set[str] = set()  # subjects whose later messages have to wait
        self._standing = Standing(claimed.endpoint.failures)

    def take(
        self, open_target: Callable[[], Target], clock: Callable[[], datetime], stopped: Callable[[], bool]
    ) -> None:
        try:
            self._send(open_target, clock, stopped)
        except BaseException as broke:
            self._post.put(Over(self._name, self._unsent, broke))
        else:
            self._post.put(Over(self._name, self._unsent))

    def _send(
        self, open_target: Callable[[], Target], clock: Callable[[], datetime], stopped: Callable[[], bool]
    ) -> None:
        try:
            line = Line(open_target(), self._options.net, self._options.timeout)
        except EndpointInvalid as error:
            self._tell(Outcome(self._claimed.claims[0], clock(), None, 0, str(error)))
            return
        ends = time.monotonic() + self._options.seconds
        try:
            for claim in self._claimed.claims:
                if stopped() or time.monotonic() > ends or self._enough:
                    return
                if claim.subject not in self._refused:
                    self._tell(line.attempt(claim, clock()))
        finally:
            line.close()

    @property
    def _enough(self) -> bool:
        return self._standing.blocked_until is not None

    def _tell(self, outcome: Outcome) -> None:
        """After a yes, wait for the note of it: whoever dies repeats one message of an endpoint, never a batch."""
        self._unsent.remove(outcome.claim)
        self._standing = after(self._standing, outcome, outcome.at, Random(0))
        if not outcome.taken and outcome.claim.subject is not None:
            self._refused.add(outcome.claim.subject)
        if outcome.taken and self._options.taken:
            self._options.taken()
        noted = Event()
        self._post.put(Ended(self._name, outcome, noted))
        if outcome.taken:
            noted.wait()
