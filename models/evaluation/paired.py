"""Whether two models differ on the same rows by more than luck."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

FEW = 25
"""Below this many rows on which only one is right, the exact binomial test; from there on, chi-squared."""


def mcnemar(mine: npt.NDArray[np.bool_], theirs: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """McNemar's test on which rows each of the two had right; the statistic has a continuity correction.

    >>> first, second = np.array([True] * 9 + [False]), np.array([False] * 9 + [True])
    >>> mcnemar(first, second)["p"]
    0.021484375
    """
    only_mine, only_theirs = int((mine & ~theirs).sum()), int((theirs & ~mine).sum())
    differing = only_mine + only_theirs
    found: dict[str, Any] = {"n": len(mine), "only_this_right": only_mine, "only_other_right": only_theirs}
    if differing < FEW:
        return {**found, "test": "exact binomial", "statistic": None, "p": _binomial(only_mine, differing)}
    statistic = max(0, abs(only_mine - only_theirs) - 1) ** 2 / differing
    return {**found, "test": "chi-squared", "statistic": statistic, "p": math.erfc(math.sqrt(statistic / 2))}


def _binomial(hits: int, trials: int) -> float:
    """Two-sided: how likely a fair coin is at least this uneven."""
    tail = sum(math.comb(trials, count) for count in range(min(hits, trials - hits) + 1))
    return float(min(1.0, 2 * tail / 2.0**trials))
