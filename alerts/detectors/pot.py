"""How rare a value is in its own series: peaks over a high quantile, fitted as they come.

The idea is SPOT's (Siffer et al., KDD 2017): what exceeds a high quantile follows a generalised Pareto law,
whatever the series. Here everything is learned in constant time and space. The quantiles move in small steps;
the law is fitted by probability-weighted moments, which hold for tails far too heavy for a variance, and need
only the mean excess and the mean of the smaller of two excesses.
"""

from __future__ import annotations

import math
from typing import Any

_KNOTS = (0.5, 0.1, 0.02)
"""The chances of the three quantiles that are tracked; the tail begins at the last."""

_RARITY = tuple(-math.log10(chance) for chance in _KNOTS)
_LAG = 8  # an excess is compared with the eighth before it: neighbours belong to one burst
_HEAVIEST = 0.9
_STEP = 0.02  # of the distance between the outer quantiles, which one value may move them
_STEPS = 1_000_000  # in one, of a number in the state: finer than the smallest step of a quantile


class Tail:
    """-log10 of the chance that a value is this high or higher, learned online; it never saturates.

    Share of values with `score` ≥ s comes near 10^-s on any steady series, however heavy its tail. Everything
    teaches it, bursts as well, for they are part of what is usual in a series; but a single value teaches no more
    than what scores `most` would. `prior` excesses of an exponential tail (`prior_shape` heavier) stand in
    for what has not been seen. `memory` is the number of values after which one has faded to a third; differences
    under `grain` mean nothing, which keeps a series that hardly ever moves from alerting when it does. `start` are
    the first three quantiles (of chances .5, .1 and .02), which count for `trust` values.

    >>> import random
    >>> rng, tail, high = random.Random(1), Tail(), 0
    >>> for row in range(20_000):
    ...     value = rng.paretovariate(3)
    ...     high += row >= 1000 and tail.score(value) >= 2
    ...     tail.update(value)
    >>> 0.005 < high / 19_000 < 0.02, tail.score(1e3) < tail.score(1e6)
    (True, True)
    """

    __slots__ = (
        *("_fade", "_grain", "_most", "_prior", "_shape", "_step", "_trust"),
        *("excess", "lagged", "marks", "rate", "seen", "smaller", "weight"),
    )

    def __init__(
        self,
        state: list[Any] | None = None,
        memory: float = 20_000,
        prior: float = 10,
        prior_shape: float = 0.1,
        most: float = 5,
        grain: float = 1e-6,
        start: tuple[float, float, float] = (0.0, 1.3, 2.1),
        trust: float = 0,
    ) -> None:
        self._fade, self._prior, self._shape, self._most, self._grain = 1 - 1 / memory, prior, prior_shape, most, grain
        self._trust, self._step = trust + 4, _STEP / (1 + trust / 100)
        sums, marks, lagged = ([each / _STEPS for each in some] for some in state or ((0,) * 5, (), ()))
        # values; excesses; excesses that had a partner; their sum; the sum of the smaller of each pair: all faded
        self.seen, self.rate, self.weight, self.excess, self.smaller = sums
        self.marks: list[float] = marks or list(start)  # the three quantiles
        self.lagged: list[float] = lagged

    def score(self, value: float) -> float:
        """The rarity of a value, without learning it."""
        low, middle, high = self.marks
        if value > high:
            return self._beyond(value - high)
        if value > middle:
            return _RARITY[1] + (value - middle) / (high - middle) * (_RARITY[2] - _RARITY[1])
        if value > low:
            return _RARITY[0] + (value - low) / (middle - low) * (_RARITY[1] - _RARITY[0])
        return max(0.0, _RARITY[0] * (1 - (low - value) / (high - low)))

    def update(self, value: float) -> None:
        """Learn a value."""
        fade, high = self._fade, self.marks[2]
        self.seen = self.seen * fade + 1
        self.rate *= fade
        if value > high:
            self.rate += 1
            self._learn(min(value - high, self._reach()))
        self._move(value)

    def _learn(self, excess: float) -> None:
        fade = 1 - (1 - self._fade) / _KNOTS[2]
        self.lagged.append(excess)
        if len(self.lagged) > _LAG:
            self.weight = self.weight * fade + 1
            self.excess = self.excess * fade + excess
            self.smaller = self.smaller * fade + min(excess, self.lagged.pop(0))

    def _law(self) -> tuple[float, float, float]:
        """Rate, scale and shape of the tail as known now, the prior included."""
        prior, shape = self._prior, self._shape
        usual = (self.marks[2] - self.marks[1]) / math.log(_KNOTS[1] / _KNOTS[2]) / (1 - shape)
        total = self.weight + prior
        mean = (self.excess + prior * usual) / total
        smaller = (self.smaller + prior * usual * (1 - shape) / (2 - shape)) / total
        heavy = min(max(2 - mean / (mean - smaller), 1e-3), _HEAVIEST)
        rate = (self.rate + prior) / (self.seen + prior / _KNOTS[2])
        return rate, mean * (1 - heavy), heavy

    def _beyond(self, excess: float) -> float:
        rate, scale, shape = self._law()
        return -math.log10(rate) + math.log10(1 + shape * excess / scale) / shape

    def _reach(self) -> float:
        """The excess that scores `most`."""
        rate, scale, shape = self._law()
        return float(scale / shape * ((10**self._most * rate) ** shape - 1))

    def _move(self, value: float) -> None:
        """Step each quantile towards where its share of the values lies above it, and keep them in order."""
        low, middle, high = self.marks
        step = (high - low) * max(self._step, 2 / (self.seen + self._trust))
        low += step * ((value > low) - _KNOTS[0])
        middle += step * ((value > middle) - _KNOTS[1])
        high += step * ((value > high) - _KNOTS[2])
        middle = max(middle, low + self._grain)
        self.marks = [low, middle, max(high, middle + self._grain)]

    def to_state(self) -> list[Any]:
        """Short lists of whole numbers."""
        sums = [self.seen, self.rate, self.weight, self.excess, self.smaller]
        return [[round(each * _STEPS) for each in some] for some in (sums, self.marks, self.lagged)]
