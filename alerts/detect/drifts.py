"""Slow drift in any series of numbers, strictly as they come."""

from __future__ import annotations

import math

from alerts.detect.baseline import Baseline
from alerts.detect.episodes import Episodes

THRESHOLD = 3.5
WARM_UP = 60  # rows without a score
_FAST, _FAST_ROWS = 2 * 86400.0, 10.0  # half-life of the recent mean
_SLOW, _SLOW_ROWS = 20 * 86400.0, 100.0  # half-life of the level
_SETTLED = 1000  # rows at the threshold after which it is the new normal
_SOFT = 3.0  # deviations that a single row counts at most
_ALIKE = 0.98  # the most that neighbours may resemble each other
_QUIET, _APART = 20, 100  # rows that end an episode, and between two beginnings


class SeriesTrend:
    """How many standard errors the recent mean lies above the series' own slow level, one alert per episode.

    The recent mean has a half-life of two days or ten rows, the level of twenty days or a hundred rows, whichever
    is longer. The standard error is robust and allows for neighbours that resemble each other, as in nearly all
    real series. Scores first, then learns; the level learns nothing while the score is at the threshold, until
    that has lasted a thousand rows. The first 60 rows score 0.

    >>> import random
    >>> rng, trend = random.Random(1), SeriesTrend()
    >>> flat = [trend.step(86400 * day, rng.gauss(10, 2)) for day in range(400)]
    >>> sum(alert for _, alert in flat)
    0
    >>> sum(trend.step(86400 * (400 + day), rng.gauss(10 + day / 10, 2))[1] for day in range(40))
    1
    """

    def __init__(self, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold
        self._baseline = Baseline(WARM_UP, _SLOW, _SLOW_ROWS)
        self._weight, self._squares, self._mean = 0.0, 0.0, 0.0  # of the recent rows, in deviations
        self._like, self._before = 0.0, 0.0  # how much neighbours are alike, and the last row
        self._episodes = Episodes(threshold, _QUIET, _APART)

    def step(self, at: float, value: float) -> tuple[float, bool]:
        """The score of a value at a moment (seconds since 1970), and whether it raises an alert."""
        off = self._baseline.off(at, value)
        self._take(off)
        score = self._score() if self._baseline.warm else 0.0
        alert = self._episodes.step(score)
        if score < self._threshold or self._episodes.high > _SETTLED:
            self._learn(off)
        return score, alert

    def _take(self, off: float) -> None:
        """Let the recent mean and the likeness of neighbours have the row."""
        baseline = self._baseline
        usual = min(max(off / baseline.deviation, -_SOFT), _SOFT) if baseline.rows > 2 else 0.0
        fade = max(0.5 ** (baseline.passed / _FAST), 0.5 ** (1 / _FAST_ROWS))
        self._weight = self._weight * fade + 1
        self._squares = self._squares * fade * fade + 1
        self._mean += (usual - self._mean) / self._weight
        self._like += (usual * self._before - self._like) / min(baseline.rows, 1000)
        self._before = usual

    def _score(self) -> float:
        alike = min(max(self._like, 0.0), _ALIKE)
        rows = 1 / (self._squares / self._weight**2 + 1 / self._baseline.level.weight)
        return max(0.0, self._mean * math.sqrt(rows * (1 - alike) / (1 + alike)))

    def _learn(self, off: float) -> None:
        """Teach the level, and take what it rose from the recent mean, which is measured from it."""
        before = self._baseline.level.mean
        self._baseline.learn(off)
        if self._baseline.rows > 2:
            self._mean -= (self._baseline.level.mean - before) / self._baseline.deviation
