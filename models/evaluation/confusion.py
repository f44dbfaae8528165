"""Counts of what was true against what was said, and every figure that follows from the counts alone."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.evaluation.metrics import Floats, Labels


def confusion(truth: Labels, guess: Labels, labels: int) -> Labels:
    """(labels, labels): rows are the truth, columns what was said."""
    return np.bincount(truth * labels + guess, minlength=labels * labels).reshape(labels, labels)


def counts(matrix: Labels) -> Labels:
    """(..., labels, 3) from confusion matrices (..., labels, labels): hits, said, true."""
    hits = np.diagonal(matrix, axis1=-2, axis2=-1)
    return np.stack([hits, matrix.sum(axis=-2), matrix.sum(axis=-1)], axis=-1)


def precision_recall_f1(counted: Labels) -> Floats:
    """(..., labels, 3); what cannot be divided is zero."""
    hits, said, true = (counted[..., column].astype(float) for column in range(3))
    return np.stack([_over(hits, said), _over(hits, true), _over(2 * hits, said + true)], axis=-1)


def macro(counted: Labels, present: npt.NDArray[np.bool_]) -> Floats:
    """(..., 3): plain means over the labels that occur in the truth."""
    return precision_recall_f1(counted)[..., present, :].mean(axis=-2)  # type: ignore[no-any-return]


def weighted(counted: Labels) -> Floats:
    """(..., 3): means in which every label counts as often as it is true."""
    true = counted[..., 2:].astype(float)  # (..., labels, 1)
    return _over((precision_recall_f1(counted) * true).sum(axis=-2), true.sum(axis=-2))


def micro(counted: Labels) -> Floats:
    """(..., 3): precision, recall and F1 of all labels' counts together."""
    return precision_recall_f1(counted.sum(axis=-2, keepdims=True))[..., 0, :]


def by_label(counted: Labels, labels: Sequence[str]) -> dict[str, dict[str, float]]:
    figures = precision_recall_f1(counted)
    return {
        label: {**named("", row), "support": int(true)}
        for label, row, true in zip(labels, figures, counted[:, 2], strict=True)
    }


def averages(counted: Labels) -> dict[str, float]:
    return {**named("macro_", macro(counted, counted[:, 2] > 0)), **named("weighted_", weighted(counted))}


def named(prefix: str, figures: Floats) -> dict[str, float]:
    names = ("precision", "recall", "f1")
    return {f"{prefix}{name}": float(value) for name, value in zip(names, figures, strict=True)}


def _over(above: Floats, below: Floats) -> Floats:
    return above / np.where(below == 0, 1.0, below)
