"""Making probabilities mean what they say, and the thresholds that turn them into decisions.

Everything here is fitted on validation rows and stored with the model; nothing is refitted later.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

_CURVE = tuple(range(50, 1000, 50))


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    scaled = logits / temperature
    grown = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def log_loss(logits: Floats, truth: Labels, temperature: float) -> float:
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
    """ECE: how far confidence is from accuracy, averaged over equal-width bins of confidence."""
    confidence = chances.max(axis=1)
    right = chances.argmax(axis=1) == truth
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(float(confidence[place == b].sum() - right[place == b].sum())) for b in range(bins)]
    return float(sum(gaps) / len(truth))


def thresholds(chances: Floats, truth: Labels, emotions: Sequence[str]) -> dict[str, dict[str, object]]:
    """For each emotion, the thousandths at which "yes or no" has its best F1, and the curve it came from."""
    return {
        emotion: _best_point([_point(chances[:, column], truth == column, cut) for cut in _CURVE])
        for column, emotion in enumerate(emotions)
    }


def _best_point(curve: list[dict[str, float]]) -> dict[str, object]:
    best = max(curve, key=lambda point: _f1(point["precision"], point["recall"]))
    return {**best, "curve": curve}


def _point(chances: Floats, truth: npt.NDArray[np.bool_], cut: int) -> dict[str, float]:
    said = chances >= cut / 1000
    hits = int((said & truth).sum())
    precision, recall = hits / max(1, int(said.sum())), hits / max(1, int(truth.sum()))
    return {"threshold": cut, "precision": round(precision, 4), "recall": round(recall, 4)}


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / max(1e-12, precision + recall)
