"""Page-Hinkley: a cumulative sum against the running mean (Hinkley, 1971), rescaled for probabilities."""

import math
from typing import Any

from alerts.detectors.primitives.chart import MILLION, Chart

_LEAST = 1e-4  # no mean is taken to be nearer to 0 or 1 than this, where values could not deviate at all


class PageHinkley(Chart):
    """How far values in [0, 1] have lately run above their own mean so far, in standard deviations.

    The textbook sums `value - mean - tolerance` and asks for a sum such as 50, which is made for numbers of
    any size: probabilities would need more than fifty posts at full score, and a sum that is rare for a rare
    emotion is common for a common one. Here each step is divided by `sqrt(mean (1 - mean))`, the most that values
    in [0, 1] with that mean can deviate. So no emotion's steps have a deviation of more than 1, and a threshold
    means much the same for all; a rare emotion, whose values are skewed, still reaches it sooner.

    The mean starts at `prior`, which counts for `prior_values` values, and learns every value it is given.
    Values that stay raised therefore become the new normal by and by.

    >>> chart = PageHinkley(prior=0.2, tolerance=0.5)
    >>> for _ in range(200):
    ...     calm = chart.step(0.2)
    >>> [round(chart.step(0.9), 1) for _ in range(4)]
    [1.2, 2.5, 3.7, 4.9]
    >>> calm
    0.0
    """

    def __init__(
        self,
        prior: float,
        tolerance: float = 0.5,
        prior_values: float = 20.0,
        state: list[Any] | None = None,
        ceiling: float = math.inf,
    ) -> None:
        statistic, count, mass = state or (0, 0, round(prior * prior_values * MILLION))
        super().__init__(statistic / MILLION, ceiling)
        self.tolerance = tolerance
        self.count: int = count
        self.mass: float = mass / MILLION
        self._prior_values = prior_values

    @property
    def mean(self) -> float:
        return self.mass / (self._prior_values + self.count)

    def added(self, value: float) -> float:
        mean = min(max(self.mean, _LEAST), 1.0 - _LEAST)
        return (value - mean) / math.sqrt(mean * (1.0 - mean)) - self.tolerance

    def learn(self, value: float) -> None:
        """The running mean learns every value alike."""
        self.count += 1
        self.mass += value

    def to_state(self) -> list[Any]:
        return [*super().to_state(), self.count, round(self.mass * MILLION)]
