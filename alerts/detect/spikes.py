"""Spikes in any series of numbers, strictly as they come."""

from __future__ import annotations

import math

from alerts.detect.baseline import Baseline
from alerts.detect.episodes import Episodes
from alerts.detectors.pot import Tail

THRESHOLD = 2.9  # about three false alerts a month in rows of five minutes: see benchmarks/series.py
WARM_UP = 100  # rows without a score: the first quantiles rest on so few values
_WINDOWS = ((1, 0.05), (2, 0.48), (6, 0.47))  # rows, and the share of the false alerts it may use
_HALF_LIFE, _HALF_ROWS = 6 * 3600.0, 72.0  # of the level
_SETTLED = 144  # rows at the threshold after which it is the new normal
_SOFT = 3.0  # deviations beyond which a row counts by its logarithm
_GRAIN = 0.3  # deviations that make no difference
_HIGHEST = 300.0  # 10 to the power of more is no number any more


class SeriesSpike:
    """How rare the last rows are in their own series, as -log10 of a chance, and whether that begins an episode.

    Each row is put in robust deviations from what is usual at its hour. The last row, the last two and the last
    six are each compared with their own past through a fitted tail, and the three chances are averaged: mostly
    two rows have to agree, but a single row such as the series never had is enough. Scores first, then learns.
    All rows teach the tails; a row teaches the level no more than two deviations, and nothing while it scores at
    the threshold, until that has lasted 144 rows. The first 100 rows score 0.

    >>> import random
    >>> rng, spike = random.Random(1), SeriesSpike()
    >>> usual = [spike.step(300 * row, rng.gammavariate(4, 5)) for row in range(3000)]
    >>> sum(score >= 2 for score, _ in usual) < 60
    True
    >>> [spike.step(300 * row, 300)[1] for row in range(3000, 3006)].count(True)
    1
    """

    def __init__(self, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold
        self._baseline = Baseline(WARM_UP, _HALF_LIFE, _HALF_ROWS)
        self._tails = [Tail(grain=_GRAIN) for _ in _WINDOWS]
        self._last = [0.0] * _WINDOWS[-1][0]
        self._episodes = Episodes(threshold)

    def step(self, at: float, value: float) -> tuple[float, bool]:
        """The score of a value at a moment (seconds since 1970), and whether it raises an alert."""
        off = self._baseline.off(at, value)
        score = self._score(off) if self._baseline.rows > 2 else 0.0
        alert = self._episodes.step(score)
        if score < self._threshold or self._episodes.high > _SETTLED:
            self._baseline.learn(off)
        return score, alert

    def _score(self, off: float) -> float:
        """The averaged chance of the windows that end here; the tails learn them."""
        self._last = last = [*self._last[1:], _softened(off / self._baseline.deviation)]
        chances = 0.0
        for (rows, share), tail in zip(_WINDOWS, self._tails, strict=True):
            mean = sum(last[-rows:]) / rows
            chances += share * 10 ** min(tail.score(mean), _HIGHEST)
            tail.update(mean)
        return max(0.0, math.log10(chances)) if self._baseline.warm else 0.0


def _softened(deviations: float) -> float:
    """Large deviations by their logarithm: a lone row cannot carry a window, and the largest still leads."""
    return deviations if deviations <= _SOFT else _SOFT * (1 + math.log(deviations / _SOFT))
