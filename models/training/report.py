"""Precision, recall and F1 of each label on the test rows: where a model is right, beside how often."""

from typing import Any

import numpy as np
import numpy.typing as npt

from models.evaluation.calibration import Calibration, chances_of
from models.evaluation.confusion import averages, by_label, confusion, counts
from models.evaluation.metrics import Floats, Labels, best_among
from models.labels import Scheme


def report_of(logits: Floats, truth: Labels, scheme: Scheme, calibration: Calibration, cuts: Floats) -> dict[str, Any]:
    """Of each label that occurs in the rows, and of all: plain means, and means weighted by how often each is true.

    `cuts` (labels) are the chances from which on a multi-label model says yes.
    """
    if scheme.multi:
        asked, counted = _of_several(truth, chances_of(logits, calibration, multi=True) >= cuts)
    else:
        asked, counted = _of_one(logits, truth)
    figures = by_label(counted, [scheme.labels[number] for number in asked])
    return {"per_class": {label: _rounded(row) for label, row in figures.items()}, **_rounded(averages(counted))}


def _of_one(logits: Floats, truth: Labels) -> tuple[Labels, Labels]:
    asked = np.unique(truth)
    place = np.searchsorted(asked, np.stack([truth, best_among(logits, asked)]))
    return asked, counts(confusion(place[0], place[1], len(asked)))


def _of_several(truth: Labels, said: npt.NDArray[np.bool_]) -> tuple[Labels, Labels]:
    asked = np.flatnonzero(truth.any(axis=0))
    true, said = truth[:, asked] > 0, said[:, asked]
    return asked, np.stack([(said & true).sum(axis=0), said.sum(axis=0), true.sum(axis=0)], axis=-1)


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: value if isinstance(value, int) else round(value, 4) for name, value in figures.items()}
