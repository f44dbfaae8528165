"""How fast a replay goes."""

from collections.abc import Callable
from datetime import datetime


class Pace:
    """When the next post is due: the original gaps divided by `speed`, at most `rate` a second.

    >>> from datetime import UTC, timedelta
    >>> now = 0.0
    >>> pace = Pace(speed=60, rate=0, clock=lambda: now)
    >>> start = datetime(2020, 1, 1, tzinfo=UTC)
    >>> pace.due_in(start), pace.due_in(start + timedelta(hours=1))
    (0.0, 60.0)
    """

    def __init__(self, speed: float, rate: float, clock: Callable[[], float]) -> None:
        self._speed, self._rate, self._clock = speed, rate, clock
        self._began: float | None = None
        self._first: datetime | None = None
        self._sent = 0

    def due_in(self, at: datetime) -> float:
        """Seconds until a post of that time may be sent."""
        if not self._speed and not self._rate:
            return 0.0
        now = self._clock()
        if self._began is None or self._first is None:
            self._began, self._first = now, at
        due = self._began + (self._sent / self._rate if self._rate else 0.0)
        if self._speed:
            due = max(due, self._began + (at - self._first).total_seconds() / self._speed)
        return max(due - now, 0.0)

    def sent(self) -> None:
        self._sent += 1
