"""One emotion's curve from a new model's scores to the scale that stored baselines are in. Whole thousandths."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

MOST = 1000  # thousandths
_NEAR_ZERO = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80)
GRID = (*_NEAR_ZERO, *range(100, 901, 25), *(MOST - each for each in reversed(_NEAR_ZERO)))
"""Where a curve is measured: most scores lie near nothing or near everything, so that is where it is finest."""

Column = npt.NDArray[np.int16]  # (texts,) thousandths
Knots = tuple[tuple[int, int], ...]  # own score → heard score, straight between


def matching(new: Column, heard: Column) -> Knots:
    """The monotone curve that gives `new` the distribution of `heard`: each quantile becomes the same quantile.

    Regression on the pairs would bring the two nearer text by text, but shrinks what it maps towards the mean, so
    a person's sadder days would stand out less than before. Quantiles keep the mean and the spread.

    >>> new = np.arange(0, 501, dtype=np.int16)
    >>> curve = table(matching(new, new * 2))
    >>> curve[100], curve[400]
    (200, 800)
    """
    own, old = np.sort(new), np.sort(heard)
    ranks = (np.searchsorted(own, GRID, "left") + np.searchsorted(own, GRID, "right")) / (2 * len(own))
    levels = np.quantile(old, np.clip(ranks, 0, 1), method="hazen")
    return tuple(zip(GRID, np.floor(np.maximum.accumulate(levels) + 0.5).astype(int).tolist(), strict=True))


def table(knots: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """What each of the scores 0 to 1000 becomes, by whole numbers alone: the same on every machine.

    >>> table([(0, 0), (500, 250), (1000, 1000)])[499:502]
    (250, 250, 252)
    """
    found: list[int] = []
    for (begin, low), (end, high) in pairwise(knots):
        width = end - begin
        found += [low + (2 * (high - low) * step + width) // (2 * width) for step in range(width)]
    return (*found, knots[-1][1])
