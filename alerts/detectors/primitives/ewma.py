"""The exponentially weighted moving average as a control chart (Roberts, 1959; Lucas and Saccucci, 1990)."""

import math
from typing import Any

from alerts.detectors.primitives.chart import MILLION, Chart


class Ewma(Chart):
    """The moving average of standardised values, in its own long-run standard deviations. It has a sign.

    Watch it on both sides with `abs`. With `weight` 0.1 it leaves ±2.814 once in 500 calm values on average,
    and 10.3 values after a shift of one deviation. It fades by value, not by time.

    >>> ewma = Ewma(weight=0.1)
    >>> [round(ewma.step(1.0), 2) for _ in range(4)]
    [0.44, 0.83, 1.18, 1.5]
    """

    floor = -math.inf

    def __init__(self, weight: float = 0.1, state: list[Any] | None = None, ceiling: float = math.inf) -> None:
        super().__init__((state or [0])[0] / MILLION, ceiling)
        self.fade = 1.0 - weight
        self._gain = math.sqrt(weight * (2.0 - weight))  # weight, over the long-run deviation sqrt(w / (2 - w))

    def added(self, value: float) -> float:
        return self._gain * value
