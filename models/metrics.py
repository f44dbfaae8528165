"""How right a row of guesses is."""

import numpy as np
import numpy.typing as npt


def best_among(scores: npt.NDArray[np.float64], allowed: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The highest-scored label of each row, among those allowed."""
    return allowed[scores[:, allowed].argmax(axis=1)]  # type: ignore[no-any-return]


def macro_f1(truth: npt.NDArray[np.int64], guess: npt.NDArray[np.int64]) -> float:
    """The plain mean of the F1 of every label that occurs in the truth."""
    return float(np.mean([_f1(truth == label, guess == label) for label in np.unique(truth)]))


def _f1(truth: npt.NDArray[np.bool_], guess: npt.NDArray[np.bool_]) -> float:
    return float(2 * (truth & guess).sum() / max(1, truth.sum() + guess.sum()))
