"""Handing out posts to labellers: which queue, which post, and a lease, so that nobody else gets it meanwhile."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from storage import label_tasks
from storage.label_leases import Lease, ask_alone, lease
from storage.label_reading import KnownPost
from storage.label_tasks import Asker, Candidate, words_of

ASKED = ("uncertain", "random", "disputed", "golden")
WEIGHTS = (0.4, 0.35, 0.2, 0.05)
"""How often each queue comes first where none is asked for; an empty one leaves its turn to the next."""
WINDOW = 400  # posts looked at for an uncertain one
WAITING = 50


@dataclass(frozen=True, slots=True)
class Task:
    """One question. `text` is None where the words have expired: there is nothing to ask then."""

    post: KnownPost
    queue: str
    blind: bool
    text: str | None = field(repr=False)


@dataclass
class Asking:
    """What one labeller wants to be asked, and what was passed over so far."""

    who: str
    queue: str | None = None
    blind: bool = False
    share: float = 0.1
    rng: random.Random = field(default_factory=random.SystemRandom)
    passed: set[str] = field(default_factory=set)

    def next_task(self, connection: Connection, now: datetime) -> Task | None:
        """The next question, leased to this labeller; None when nothing is left to ask."""
        ask_alone(connection)
        asker = Asker(self.who, now, self.share)
        for queue in [self.queue] if self.queue else self._turns():
            for found in _FINDERS[queue](self, connection, asker):
                if found.post.key not in self.passed:
                    return self._handed(connection, found, now)
        return None

    def _turns(self) -> list[str]:
        first = self.rng.choices(ASKED, WEIGHTS)[0]
        return [first, *(queue for queue in ASKED if queue != first)]

    def _handed(self, connection: Connection, found: Candidate, now: datetime) -> Task:
        self.passed.add(found.post.key)
        words = words_of(connection, found.post.key, now)
        if words is not None:
            held = Lease(found.post.key, found.queue, self.blind)
            lease(connection, held, found.post.person, self.who, now)
        return Task(found.post, found.queue, self.blind, words)

    def _random(self, connection: Connection, asker: Asker) -> Iterator[Candidate]:
        """Any scored post: for each emotion, those that the model put elsewhere say what it misses."""
        yield from self._second(connection, asker, "random")
        yield from label_tasks.draw(connection, asker, "random", self._start(), WINDOW)

    def _uncertain(self, connection: Connection, asker: Asker) -> Iterator[Candidate]:
        """Those of a random handful whose best score is lowest."""
        yield from self._second(connection, asker, "uncertain")
        drawn = label_tasks.draw(connection, asker, "uncertain", self._start(), WINDOW)
        yield from sorted(drawn, key=lambda each: (each.post.score or 0, each.post.key))

    def _second(self, connection: Connection, asker: Asker, queue: str) -> Iterator[Candidate]:
        return iter(label_tasks.second_ones(connection, asker, queue, WAITING + len(self.passed)))

    def _disputed(self, connection: Connection, asker: Asker) -> Iterator[Candidate]:
        yield from label_tasks.disputed(connection, asker, WAITING + len(self.passed))

    def _golden(self, connection: Connection, asker: Asker) -> Iterator[Candidate]:
        yield from label_tasks.golden_ones(connection, asker, WAITING + len(self.passed))

    def _start(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128)))


_FINDERS = {
    "uncertain": Asking._uncertain,
    "random": Asking._random,
    "disputed": Asking._disputed,
    "golden": Asking._golden,
}
