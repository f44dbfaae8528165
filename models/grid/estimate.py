"""How sure a mean over seeds is: other seeds, and other test rows, would have given another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from models.grid.draws import Floats

_INSIDE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean over `seeds` trainings, and its 95 % interval."""

    value: float
    low: float
    high: float
    seeds: int

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


def estimate(by_seed: Sequence[float], drawn: Floats, rows: int) -> Estimate:
    """`drawn` holds the same mean on resampled rows (resamples). Variance of the mean over seeds plus variance over
    rows, with the degrees of freedom of Welch and Satterthwaite: three seeds count as three, not as many.

    Of one seed only the rows are known; the interval is then too narrow, and whoever shows it says so.
    """
    count, mean = len(by_seed), float(np.mean(by_seed))
    of_seeds = float(np.var(by_seed, ddof=1)) / count if count > 1 else 0.0
    of_rows = float(np.var(drawn, ddof=1))
    half = _quantile(of_seeds, count - 1, of_rows, rows - 1) * np.sqrt(of_seeds + of_rows)
    return Estimate(mean, mean - float(half), mean + float(half), count)


def _quantile(first: float, first_freedom: int, second: float, second_freedom: int) -> float:
    parts = ((first, first_freedom), (second, second_freedom))
    below = sum(variance**2 / freedom for variance, freedom in parts if freedom > 0)
    if below == 0:
        return 0.0
    return float(stats.t.ppf((1 + _INSIDE) / 2, (first + second) ** 2 / below))
