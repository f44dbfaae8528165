"""The hours of the day in a series: how far each usually lies from the level of the day."""

from __future__ import annotations

_HOURS = 24
_CAUTION = 24  # rows of an hour that count for "no difference"
_LEAST_ROWS = 24  # a day; a series with fewer rows a day shows no hours


class Rhythm:
    """One offset for each hour of the day (UTC), read off between the middles of two hours.

    Silent in its first two days, and in a series with fewer than a row an hour.

    >>> rhythm = Rhythm()
    >>> for row in range(10 * 288):
    ...     at = 300 * row
    ...     rhythm.update(at, (5.0 if at // 3600 % 24 == 12 else 0.0) - rhythm.at(at))
    >>> rhythm.at(12.5 * 3600) > 3, abs(rhythm.at(0)) < 0.5
    (True, True)
    """

    __slots__ = ("_memory", "began", "offsets", "rows", "weights")

    def __init__(self, days: float = 10) -> None:
        self._memory = days
        self.began: float | None = None
        self.rows = 0
        self.offsets = [0.0] * _HOURS
        self.weights = [0.0] * _HOURS

    def at(self, at: float) -> float:
        """The offset to expect at a moment, in seconds since 1970."""
        if self.began is None or self.rows < _LEAST_ROWS * max(2.0, (at - self.began) / 86400):
            return 0.0
        hour, part = divmod(at / 3600 - 0.5, 1)
        first = int(hour) % _HOURS
        return self.offsets[first] * (1 - part) + self.offsets[(first + 1) % _HOURS] * part

    def update(self, at: float, off: float) -> None:
        """Learn what was left over at a moment."""
        if self.began is None:
            self.began = at
        self.rows += 1
        hour = int(at // 3600) % _HOURS
        days = max((at - self.began) / 86400, 1.0)
        most = self._memory * self.rows / days / _HOURS  # rows of this hour that are remembered
        self.weights[hour] = min(self.weights[hour] + 1, most)
        self.offsets[hour] += off / (self.weights[hour] + _CAUTION)
