"""What a series usually is at this hour: its slow level, its hours of the day, its usual deviation."""

from __future__ import annotations

from alerts.detect.rhythm import Rhythm
from alerts.detectors.counts import Level, steady

_COARSE = 0.01  # least deviation, as a share of the level
_COUNT = 0.5  # least deviation of a count, whose chance noise is 1 on this scale
_TEACHES = 2.0  # deviations that a single row may teach at most


class Baseline:
    """The level that a value is measured from, on the scale on which it is measured.

    A value goes through the root, which steadies counts; a series that turns negative within `warm_up` rows is
    begun anew as it is. The level forgets half in `seconds` or `rows`, whichever is longer, so a gap forgets
    nothing. Where times run backwards, no time has passed.

    >>> baseline = Baseline(warm_up=10, seconds=3600, rows=20)
    >>> for row in range(100):
    ...     baseline.learn(baseline.off(300 * row, 20 + row % 3))
    >>> abs(baseline.off(30_000, 21)) < baseline.deviation < baseline.off(30_300, 30)
    True
    """

    def __init__(self, warm_up: int, seconds: float, rows: float) -> None:
        self._warm_up, self._seconds, self._slowest = warm_up, seconds, 0.5 ** (1 / rows)
        self.level, self._rhythm = Level(), Rhythm()
        self.rows = 0
        self.passed = 0.0  # seconds from the row before to the last one
        self._at: float | None = None
        self._counts, self._rooted = True, True

    @property
    def warm(self) -> bool:
        return self.rows >= self._warm_up

    @property
    def deviation(self) -> float:
        """The usual deviation, or the least that is worth the name."""
        least = abs(self.level.mean) * _COARSE + 1e-12
        return max(self.level.deviation, least, _COUNT if self._counts else 0.0)

    def off(self, at: float, value: float) -> float:
        """How far a value lies from what is usual at this moment (seconds since 1970)."""
        self.passed = 0.0 if self._at is None else max(at - self._at, 0.0)
        self._at = at
        self._recognise(value)
        self.rows += 1
        return (steady(value) if self._rooted else value) - self.level.mean - self._rhythm.at(at)

    def learn(self, off: float) -> None:
        """Let the last row teach the level and its hour, as far as a single row may."""
        self.level.update(self.level.mean + off, max(0.5 ** (self.passed / self._seconds), self._slowest))
        most = _TEACHES * self.level.deviation
        self._rhythm.update(self._at or 0.0, min(max(off, -most), most))

    def _recognise(self, value: float) -> None:
        """Whether this is a series of counts, and one that has a root."""
        self._counts = self._counts and value >= 0 and value == int(value)
        if value < 0 and self._rooted and not self.warm:
            self._rooted, self.rows, self.level, self._rhythm = False, 0, Level(), Rhythm()
