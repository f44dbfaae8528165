"""How long a grid will still take."""

from collections.abc import Callable

_MINUTE, _HOUR = 60.0, 3600.0


class Pace:
    """The mean of the trainings so far, times those that are left; nothing is known before the first has ended."""

    def __init__(self, trainings: int, now: Callable[[], float]) -> None:
        self._left = trainings
        self._done = 0
        self._now = now
        self._began = now()

    def step(self) -> None:
        self._left -= 1
        self._done += 1

    def seconds_left(self) -> float | None:
        return (self._now() - self._began) / self._done * self._left if self._done else None

    def told(self) -> str:
        left = self.seconds_left()
        return "" if left is None else f" (about {duration(left)} left for all)"


def duration(seconds: float) -> str:
    """
    >>> duration(41), duration(400), duration(9000)
    ('41 s', '7 min', '2 h 30 min')
    """
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    minutes = round(seconds / _MINUTE)
    return f"{minutes} min" if seconds < _HOUR else f"{minutes // 60} h {minutes % 60} min"
