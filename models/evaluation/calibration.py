"""Making probabilities mean what they say, and the thresholds that turn them into decisions.

Everything here is fitted on validation rows and stored with the model; nothing is refitted later.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.evaluation.sharpening import fit_by_margin, growth, scaled, unscaled

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

_CURVE = tuple(range(50, 1000, 50))
_UNKNOWN = 500
"""Thousandths: the threshold of an emotion that no row shows."""


class Calibration(NamedTuple):
    """What turns logits into chances: one temperature, then a scale that depends on the lead of the best label."""

    temperature: float = 1.0
    by_margin: tuple[float, ...] = ()

    @property
    def growth(self) -> float:
        """How much more, at most, a chance moves with its logits than at temperature one."""
        return growth(self.by_margin) / min(1.0, self.temperature)


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    scaled = logits / temperature
    grown = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def sigmoid(logits: Floats, temperature: float = 1.0) -> Floats:
    return 1 / (1 + np.exp(-np.clip(logits / temperature, -60, 60)))


def chances_of(logits: Floats, calibration: Calibration, multi: bool) -> Floats:
    """One of several labels, or yes and no to each."""
    temperature, by_margin = calibration
    return sigmoid(logits, temperature) if multi else softmax(scaled(logits / temperature, by_margin))


def fit_calibration(logits: Floats, truth: Labels) -> Calibration:
    temperature = fit_temperature(logits, truth)
    return Calibration(temperature, fit_by_margin(logits / temperature, truth))


def log_loss(logits: Floats, truth: Labels, temperature: float) -> float:
    """Mean surprise at the truth; of multi-label rows, over every label."""
    if truth.ndim == 2:
        chances = sigmoid(logits, temperature)
        said = np.where(truth > 0, chances, 1 - chances)
        return float(-np.log(np.maximum(said, 1e-12)).mean())
    chances = softmax(logits, temperature)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chances, 1e-12)).mean())


def fit_temperature(logits: Floats, truth: Labels) -> float:
    """The temperature with the least log loss, found by narrowing in on a logarithmic scale."""
    low, high = 0.2, 5.0
    for _ in range(4):
        tried = np.geomspace(low, high, 25)
        best = int(np.argmin([log_loss(logits, truth, float(t)) for t in tried]))
        low, high = float(tried[max(0, best - 1)]), float(tried[min(24, best + 1)])
    return round(math.sqrt(low * high), 4)


def calibration_error(chances: Floats, truth: Labels, bins: int = 15) -> float:
    """ECE: how far confidence is from accuracy, averaged over equal-width bins of confidence.

    Of single-label rows, the confidence in the best label; of multi-label rows, the chance of every label.
    """
    if truth.ndim == 2:
        chances, truth = np.stack([1 - chances.ravel(), chances.ravel()], axis=1), truth.ravel()
    confidence = chances.max(axis=1)
    right = chances.argmax(axis=1) == truth
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(float(confidence[place == b].sum() - right[place == b].sum())) for b in range(bins)]
    return float(sum(gaps) / len(truth))


def thresholds(chances: Floats, truth: Labels, emotions: Sequence[str]) -> dict[str, dict[str, object]]:
    """For each emotion, the thousandths at which "yes or no" has its best F1, and the curve it came from."""
    return {
        emotion: _best_point([_point(chances[:, column], _present(truth, column), cut) for cut in _CURVE])
        for column, emotion in enumerate(emotions)
    }


def _present(truth: Labels, column: int) -> npt.NDArray[np.bool_]:
    return truth[:, column] > 0 if truth.ndim == 2 else truth == column


def _best_point(curve: list[dict[str, float]]) -> dict[str, object]:
    best = max(curve, key=lambda point: _f1(point["precision"], point["recall"]))
    if not best["recall"]:
        best = next(point for point in curve if point["threshold"] == _UNKNOWN)
    return {**best, "curve": curve}


def _point(chances: Floats, truth: npt.NDArray[np.bool_], cut: int) -> dict[str, float]:
    said = chances >= cut / 1000
    hits = int((said & truth).sum())
    precision, recall = hits / max(1, int(said.sum())), hits / max(1, int(truth.sum()))
    return {"threshold": cut, "precision": round(precision, 4), "recall": round(recall, 4)}


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / max(1e-12, precision + recall)


def brier(chances: Floats, truth: Labels) -> float:
    """Squared distance from the truth: of single-label rows summed over the labels (0 to 2), else averaged (0 to 1)."""
    if truth.ndim == 2:
        return float(((chances - (truth > 0)) ** 2).mean())
    return float(((chances - np.eye(chances.shape[1])[truth]) ** 2).sum(axis=1).mean())


def uncalibrated(chances: Floats, calibration: Calibration, multi: bool) -> Floats:
    """The chances as they were before calibration, found from those after it."""
    temperature, by_margin = calibration
    known = np.maximum(chances, 1e-300)
    if multi:
        return sigmoid((np.log(known) - np.log(np.maximum(1 - chances, 1e-300))) * temperature)
    return softmax(unscaled(np.log(known), by_margin) * temperature)
