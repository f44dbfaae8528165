"""How right a row of guesses is."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def best_among(scores: Floats, allowed: Labels) -> Labels:
    """The highest-scored label of each row, among those allowed."""
    return allowed[scores[:, allowed].argmax(axis=1)]  # type: ignore[no-any-return]


def macro_f1(truth: Labels, guess: Labels) -> float:
    """The plain mean of the F1 of every label that occurs in the truth."""
    return float(np.mean([f1(truth == label, guess == label) for label in np.unique(truth)]))


def f1(truth: npt.NDArray[np.bool_], guess: npt.NDArray[np.bool_]) -> float:
    return float(2 * (truth & guess).sum() / max(1, truth.sum() + guess.sum()))


def accuracy_and_macro_f1(
    logits: Floats, targets: Labels, said: npt.NDArray[np.bool_] | None = None
) -> tuple[float, float]:
    """Among the labels that occur in the truth. Of multi-label rows, accuracy is the share of rows with every such
    label right; `said` (rows, labels) is what the model says yes to, a logit above zero where it is not given."""
    if targets.ndim == 1:
        guess = best_among(logits, np.unique(targets))
        return float((guess == targets).mean()), macro_f1(targets, guess)
    said, true = logits > 0 if said is None else said, targets > 0
    occurring = true.any(axis=0)
    said, true = said[:, occurring], true[:, occurring]
    scores = [f1(true[:, label], said[:, label]) for label in range(true.shape[1])]
    return float((said == true).all(axis=1).mean()), float(np.mean(scores))
