"""When so much is set aside that the producer, not the post, must be broken."""

from collections import deque
from collections.abc import Iterable

from stream.errors import TooManyDeadLetters


class DeadLetterLimits:
    """Watches the share set aside among the last `window` messages, and the run without a good one.

    >>> limits = DeadLetterLimits(share=0.5, window=1000, run=3)
    >>> limits.note([True, True, False, True, True])
    >>> limits.note([True])
    Traceback (most recent call last):
    ...
    stream.errors.TooManyDeadLetters: 3 messages in a row were set aside, the limit is 3: look at \
`tideline dlq list`, mend the producer, then start the worker again
    """

    def __init__(self, share: float, window: int, run: int) -> None:
        self._share, self._run_limit = share, run
        self._recent: deque[bool] = deque(maxlen=window)
        self._bad = 0
        self._run = 0

    def note(self, set_aside: Iterable[bool]) -> None:
        """Note what became of messages, in order; raise once a limit is reached."""
        for bad in set_aside:
            self._note_one(bad)
            if self._run >= self._run_limit:
                raise _too_many(f"{self._run} messages in a row were set aside, the limit is {self._run_limit}")
        full = len(self._recent) == self._recent.maxlen
        if full and self._bad >= self._share * len(self._recent):
            raise _too_many(f"{self._bad} of the last {len(self._recent)} messages were set aside")

    def _note_one(self, bad: bool) -> None:
        if len(self._recent) == self._recent.maxlen:
            self._bad -= self._recent[0]
        self._recent.append(bad)
        self._bad += bad
        self._run = self._run + 1 if bad else 0


def _too_many(what: str) -> TooManyDeadLetters:
    return TooManyDeadLetters(f"{what}: look at `tideline dlq list`, mend the producer, then start the worker again")
