"""How much each member of a weighted mean counts, fitted on validation rows."""

import numpy as np
import numpy.typing as npt

from models.ensembles.combination import LEAST

Floats = npt.NDArray[np.float64]
Targets = npt.NDArray[np.int64]

_ROUNDS = 2000
_STILL = 1e-9


def fitted_weights(chances: Floats, truth: Targets) -> tuple[float, ...]:
    """The shares of one with the least log loss of the mixed chances (members, texts, labels).

    Each round a member's new share is its mean part in the mixed chance of the truth (expectation-maximisation of
    a mixture): the loss is convex and never rises, shares stay shares, and there is no step size to choose.
    """
    of_truth = np.maximum(_of_truth(chances, truth), LEAST)  # (members, answers)
    weights = np.full(len(chances), 1 / len(chances))
    for _ in range(_ROUNDS):
        parts = weights[:, None] * of_truth
        moved = (parts / parts.sum(axis=0)).mean(axis=1)
        still = float(np.abs(moved - weights).max()) < _STILL
        weights = moved
        if still:
            break
    return tuple(float(weight) for weight in weights / weights.sum())


def _of_truth(chances: Floats, truth: Targets) -> Floats:
    """The chance each member gave to what was so: to the label, or to each yes and no."""
    if truth.ndim == 1:
        return chances[:, np.arange(len(truth)), truth]
    return np.where(truth > 0, chances, 1 - chances).reshape(len(chances), -1)
