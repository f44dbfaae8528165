"""The Shiryaev-Roberts e-detector: a bound on false alerts that needs no distribution (Shin, Ramdas, Rinaldo, 2022)."""

import math
from typing import Any

from alerts.detectors.primitives.chart import Chart

STAKES = (1 / 16, 1 / 8, 1 / 4, 1 / 2)  # of the most that may be staked against the null, 1 / most
_UNIT = 1e-6  # states are rounded down to this, so that rounding never raises the statistic


class EDetector(Chart):
    """Evidence that values in [0, 1] no longer have a mean of `most` or less, in powers of ten.

    Each value gives the nonnegative e-value `1 + stake (value - most)`, whose mean is at most 1 as long as
    the values' mean, given all before, is at most `most`. The sum over all possible onsets of the products
    since then is at most n after n values on average, so it first reaches A after A values or more on
    average: whatever the distribution, and however one value depends on the others, short of its mean rising.
    Several stakes are averaged, which keeps the bound. Small stakes find small rises, large ones large rises.

    >>> detector = EDetector(most=0.3)
    >>> for _ in range(100):
    ...     calm = detector.step(0.25)
    >>> raised = [detector.step(0.8) for _ in range(12)]
    >>> round(calm, 1), round(raised[5], 1), round(raised[11], 1)
    (1.5, 2.4, 3.7)
    """

    def __init__(self, most: float, state: list[Any] | None = None, ceiling: float = math.inf) -> None:
        self._most = most
        self._stakes = [share / most for share in STAKES]
        self._logs = [unit * _UNIT for unit in state] if state else [0.0] * len(STAKES)  # ln of each sum plus one
        super().__init__(0.0, ceiling)
        self.statistic = self._told()

    def added(self, value: float) -> float:
        """How far the e-value of this value, averaged as the stakes stand, lifts the statistic."""
        return (_ln_sum(self._next(value)) - _ln_sum(self._logs)) / math.log(10)

    def score(self, value: float) -> float:
        return min(self.ceiling, _tens(self._next(value)))

    def update(self, value: float) -> None:
        highest = self.ceiling * math.log(10)
        self._logs = [min(highest, _ln_one_more(log)) for log in self._next(value)]
        self.statistic = self._told()

    def restart(self) -> None:
        self._logs = [0.0] * len(STAKES)
        self.statistic = 0.0

    def to_state(self) -> list[Any]:
        return [math.floor(log / _UNIT) for log in self._logs]

    def _next(self, value: float) -> list[float]:
        """ln of each sum after this value: (sum + 1) times its e-value."""
        above = value - self._most
        return [log + math.log1p(stake * above) for log, stake in zip(self._logs, self._stakes, strict=True)]

    def _told(self) -> float:
        """The statistic that these sums stand for."""
        return _tens([log + math.log(-math.expm1(-log)) for log in self._logs if log > 0])


def _tens(logs: list[float]) -> float:
    """log10 of the mean of sums given as ln, and 0 for less than one."""
    return max(0.0, (_ln_sum(logs) - math.log(len(STAKES))) / math.log(10)) if logs else 0.0


def _ln_sum(logs: list[float]) -> float:
    most = max(logs)
    return most + math.log(sum(math.exp(log - most) for log in logs))


def _ln_one_more(log: float) -> float:
    """ln(1 + x), given ln x."""
    return max(log, 0.0) + math.log1p(math.exp(-abs(log)))
