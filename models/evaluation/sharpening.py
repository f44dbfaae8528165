"""Confidence put right where one temperature cannot do it: the logits are scaled by how far ahead the best label is.

A model taught with smoothed labels on easy and hard texts together is too sure in the middle and not sure enough at
the top. Scaling a row of logits never changes which label leads, so accuracy stays what it was.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

MARGINS = (0.0, 1.0, 2.0, 3.5, 5.0)
"""Leads of the best logit over the second, between which the scale is interpolated."""

ENOUGH_ROWS = 500
"""Five numbers fitted on fewer rows would follow their chance."""

_FARTHEST = 2.0
"""A row is scaled by e² at most, either way: where no large lead was ever wrong, nothing else holds the number."""

_LEAST_STEPS = tuple(-0.95 * (high - low) / high for low, high in pairwise(MARGINS))
"""How far a number may fall below the one before it so that a larger lead stays a larger lead.

Otherwise two leads could swap places, and the scaling could not be taken back.
"""

_GRID = np.linspace(0, 60, 6_001)


def scaled(logits: Floats, by_margin: Sequence[float]) -> Floats:
    """Each row times e to the interpolated number at its margin; unchanged where there are no numbers."""
    if not len(by_margin) or not len(logits):
        return logits
    return logits * np.exp(np.interp(_margin(logits), MARGINS, by_margin))


def unscaled(logits: Floats, by_margin: Sequence[float]) -> Floats:
    """Take `scaled` back."""
    if not len(by_margin) or not len(logits):
        return logits
    factors = np.exp(np.interp(_GRID, MARGINS, by_margin))
    return logits / np.interp(_margin(logits), _GRID * factors, factors)


def fit_by_margin(logits: Floats, truth: Labels) -> tuple[float, ...]:
    """Numbers under which the confidence in the best label has the least log loss; none on few or multi-label rows."""
    if truth.ndim == 2 or len(truth) < ENOUGH_ROWS:
        return ()
    from scipy.optimize import minimize  # only fitting needs it

    right = logits.argmax(axis=1) == truth
    found = minimize(
        lambda steps: _surprise(scaled(logits, _numbers(steps)), right),
        np.zeros(len(MARGINS)),
        method="L-BFGS-B",
        bounds=[(-_FARTHEST, _FARTHEST), *((least, _FARTHEST) for least in _LEAST_STEPS)],
    )
    return tuple(round(one, 4) for one in _numbers(found.x))


def _numbers(steps: Floats) -> list[float]:
    """The first number and the steps from each to the next, added up."""
    numbers: list[float] = np.clip(np.cumsum(steps), -_FARTHEST, _FARTHEST).tolist()
    return numbers


def growth(by_margin: Sequence[float]) -> float:
    """How much more, at most, a small difference between logits moves a chance than it would unscaled."""
    if not by_margin:
        return 1.0
    margins = _GRID * np.exp(np.interp(_GRID, MARGINS, by_margin))
    chances = 1 / (1 + np.exp(-margins))
    steepness = 4 * chances * (1 - chances) * np.gradient(margins, _GRID)
    return max(1.0, float(steepness.max()))


def _margin(logits: Floats) -> Floats:
    """(rows, 1)"""
    second, first = np.partition(logits, -2, axis=1)[:, -2:].T
    found: Floats = (first - second)[:, None]
    return found


def _surprise(logits: Floats, right: npt.NDArray[np.bool_]) -> float:
    rest = np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1)
    confidence = np.clip(1 / rest, 1e-6, 1 - 1e-6)
    return float(-np.log(np.where(right, confidence, 1 - confidence)).mean())
