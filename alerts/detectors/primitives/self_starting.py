"""The self-starting cumulative sum: no mean and no deviation need to be known (Hawkins, 1987)."""

import math
from typing import Any

from alerts.detectors.primitives.chart import MILLION, Chart

LEAST = 3  # with fewer values there is no deviation to judge the next one by


class SelfStartingCusum(Chart):
    """A cumulative sum that learns mean and deviation as it goes, and says at each step only what it can know.

    A textbook sum whose mean and deviation were taken from thirty values alarms about twice as often as its
    table says. Here each value is compared with all before it, and that comparison, which follows Student's t,
    is turned into a normal one: while all is calm the steps are independent and standard normal from the
    first, whatever the true mean and deviation are, so the table of the plain sum holds.

    Nothing is added before `warmup` values. A deviation under `least_sd` counts as that much. Values that
    were learned while something was wrong teach that it is normal: leave out `learn` meanwhile.

    >>> chart = SelfStartingCusum(slack=0.5, warmup=5)
    >>> calm = [chart.step(value) for value in (0.1, 0.3, 0.2, 0.15, 0.25, 0.2, 0.22, 0.18)]
    >>> max(calm), [round(chart.step(0.6), 1) for _ in range(3)]
    (0.0, [3.0, 4.5, 5.5])
    """

    def __init__(
        self,
        slack: float = 0.5,
        warmup: int = LEAST,
        least_sd: float = 1e-3,
        state: list[Any] | None = None,
        ceiling: float = math.inf,
    ) -> None:
        statistic, count, mean, squares = state or (0, 0, 0, 0)
        super().__init__(statistic / MILLION, ceiling)
        self.slack = slack
        self.count: int = count
        self.mean: float = mean / MILLION
        self.squares: float = squares / MILLION  # of the distances from the mean
        self._warmup = max(warmup, LEAST)
        self._least_sd = least_sd

    @property
    def sd(self) -> float:
        return max(self._least_sd, math.sqrt(self.squares / (self.count - 1))) if self.count > 1 else self._least_sd

    def added(self, value: float) -> float:
        if self.count < self._warmup:
            return 0.0
        count = self.count
        ratio = (value - self.mean) / self.sd * math.sqrt(count / (count + 1))
        return normal_of_student(ratio, count - 1) - self.slack

    def learn(self, value: float) -> None:
        """Welford's step: mean and deviation learn every value alike."""
        self.count += 1
        before = value - self.mean
        self.mean += before / self.count
        self.squares += before * (value - self.mean)

    def to_state(self) -> list[Any]:
        return [*super().to_state(), self.count, round(self.mean * MILLION), round(self.squares * MILLION)]


def normal_of_student(ratio: float, degrees: int) -> float:
    """The standard normal value as rare as this value of Student's t (Wallace, 1959).

    From three degrees of freedom on it is right within 0.01 up to t = 3, and farther out it errs on the cautious
    side. The exact way needs two special functions whose last digits differ between versions of a library.

    >>> round(normal_of_student(2.228, 10), 2)  # both leave 2.5 % above them
    1.96
    """
    scale = (8 * degrees + 1) / (8 * degrees + 3)
    return math.copysign(scale * math.sqrt(degrees * math.log1p(ratio * ratio / degrees)), ratio)
