"""How many values a chart takes to its first alert, on average: the tables of the textbooks, computed.

The values are independent and normal with standard deviation 1. The statistic is cut into cells and followed
as a Markov chain (Brook and Evans, 1972); the cells are so fine that four figures are right.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import ndtr

CELLS = 1000
DRIFT_CELLS = 300  # a chain that changes with every step is followed, which takes longer
LONGEST = 1e9
_ALMOST_ALL = 1e-9
Matrix = np.ndarray[Any, np.dtype[np.float64]]


@lru_cache(maxsize=256)
def cusum_run_length(slack: float, limit: float, shift: float = 0.0) -> float:
    """Of a sum on one side, from 0, when every value is `shift` deviations too high.

    >>> round(cusum_run_length(0.5, 5, shift=1), 2)
    10.38
    """
    return _solve(_cusum_chain(slack, limit, shift, CELLS), start=0)


def two_sided(up: float, down: float) -> float:
    """Of two sums that run side by side, from the run length of each.

    >>> two_sided(930, 930)
    465.0
    """
    return 1 / (1 / up + 1 / down)


@lru_cache(maxsize=256)
def ewma_run_length(weight: float, limit: float, shift: float = 0.0) -> float:
    """Of a moving average on both sides, from 0, with limits at `limit` of its long-run deviations.

    >>> round(ewma_run_length(0.1, 2.814, shift=2), 2)
    4.36
    """
    return _solve(_ewma_chain(weight, limit, shift), start=CELLS // 2)


def cusum_run_length_under_drift(slack: float, limit: float, drift: float) -> float:
    """Of a sum on one side, from 0, when the mean is 0 at the first value and rises by `drift` with each.

    >>> round(cusum_run_length_under_drift(0.25, 8, drift=0.01), 1)
    52.0
    """
    return _follow(lambda step: _cusum_chain(slack, limit, drift * step, DRIFT_CELLS))


def _cusum_chain(slack: float, limit: float, shift: float, cells: int) -> Matrix:
    """Chances from cell to cell; what is missing to 1 in a row is an alert. Cell 0 is the sum at its floor."""
    width = 2 * limit / (2 * cells - 1)
    middles = width * np.arange(cells)
    upper = ndtr(middles[None, :] + width / 2 - middles[:, None] + slack - shift)
    upper[:, 1:] -= upper[:, :-1].copy()
    return np.asarray(upper)


def _ewma_chain(weight: float, limit: float, shift: float) -> Matrix:
    cells = CELLS + 1  # odd, so that one of them lies around 0
    bound = limit * np.sqrt(weight / (2 - weight))
    edges = np.linspace(-bound, bound, cells + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    passed = ndtr((edges[None, :] - (1 - weight) * middles[:, None]) / weight - shift)
    return np.asarray(np.diff(passed, axis=1))


def _solve(chain: Matrix, start: int) -> float:
    """Infinity where the run is so long that the equations no longer tell how long."""
    lengths = np.linalg.solve(np.eye(len(chain)) - chain, np.ones(len(chain)))
    found = float(lengths[start])
    return found if 1 <= found < LONGEST else float("inf")


def _follow(chain_at: Callable[[int], Matrix]) -> float:
    """The sum over all steps of the chance that there was no alert yet."""
    chances, length, step = np.eye(DRIFT_CELLS)[0], 0.0, 0
    while (left := float(chances.sum())) > _ALMOST_ALL:
        length += left
        chances = chances @ chain_at(step)
        step += 1
    return length
