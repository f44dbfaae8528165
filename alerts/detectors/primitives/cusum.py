"""Cumulative sums: quick to see a small shift that lasts (Page, 1954)."""

import math
from typing import Any

from alerts.detectors.primitives.chart import MILLION, Chart


class Cusum(Chart):
    """The sum of what lies more than `slack` above the mean, started again whenever it falls to nothing.

    Values are standardised: mean 0 and standard deviation 1 while all is calm. With `slack` 0.5, which suits
    a shift of one deviation, the sum reaches 5 once in 931 calm values on average, and 10.4 values after such
    a shift. Those figures hold for independent normal values whose mean and deviation are *known*.

    >>> cusum = Cusum(slack=0.5)
    >>> [cusum.step(value) for value in (0.2, 1.5, 2.0, -0.5, 3.0)]
    [0.0, 1.0, 2.5, 1.5, 4.0]
    """

    def __init__(self, slack: float = 0.5, state: list[Any] | None = None, ceiling: float = math.inf) -> None:
        super().__init__((state or [0])[0] / MILLION, ceiling)
        self.slack = slack

    def added(self, value: float) -> float:
        return value - self.slack


class TwoSidedCusum:
    """The larger of a sum upwards and a sum downwards; calm values reach it twice as often as one of them.

    >>> cusum = TwoSidedCusum(slack=0.5)
    >>> [cusum.step(value) for value in (1.5, -2.5, -2.0)]
    [1.0, 2.0, 3.5]
    """

    def __init__(self, slack: float = 0.5) -> None:
        self.up, self.down = Cusum(slack), Cusum(slack)

    @property
    def statistic(self) -> float:
        return max(self.up.statistic, self.down.statistic)

    def score(self, value: float) -> float:
        """The statistic if this value came next. Nothing is kept."""
        return max(self.up.score(value), self.down.score(-value))

    def step(self, value: float) -> float:
        """Take this value."""
        return max(self.up.step(value), self.down.step(-value))
