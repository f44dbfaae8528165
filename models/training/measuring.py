"""What a model's answers to held-out rows are worth, in the figures that its manifest keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.data.rows import Row
from models.evaluation.calibration import Calibration, calibration_error, chances_of
from models.evaluation.metrics import accuracy_and_macro_f1
from models.kinds import Floats, Model
from models.labels import Scheme
from models.training.rows import Targets
from models.training.targets import targets_of

Answered = tuple[Floats, Targets]
"""Logits (rows, labels) of a split, and what is true of its rows."""


def measured(
    model: Model,
    splits: dict[str, tuple[Row, ...]],
    scheme: Scheme,
    calibration: Calibration,
    cuts: Mapping[str, Any] | None = None,
) -> dict[str, dict[str, float]]:
    """Figures of each data set's split, and of all together where there are several.

    `cuts` are the thresholds of a multi-label model's own labels; a half where they are not given.
    """
    return figures(answers_of(model, splits, scheme), scheme, calibration, lines_of(scheme, cuts))


def answers_of(model: Model, splits: Mapping[str, Sequence[Row]], scheme: Scheme) -> dict[str, Answered]:
    return {name: (model.logits([row.text for row in rows]), targets_of(rows, scheme)) for name, rows in splits.items()}


def together(answers: Mapping[str, Answered]) -> Answered:
    logits, truth = zip(*answers.values(), strict=True)
    return np.concatenate(logits), np.concatenate(truth)


def lines_of(scheme: Scheme, cuts: Mapping[str, Any] | None) -> Floats:
    return np.array([_cut((cuts or {}).get(label)) for label in scheme.labels])


def figures(
    answers: Mapping[str, Answered], scheme: Scheme, calibration: Calibration, lines: Floats
) -> dict[str, dict[str, float]]:
    shown = {**answers, "both": together(answers)} if len(answers) > 1 else answers
    return {name: figures_of(*one, calibration, scheme.multi, lines) for name, one in shown.items()}


def _cut(point: Any) -> float:
    """The chance from which on a label is said: of a fitted point, or of the one that a manifest keeps."""
    if point is None:
        return 0.5
    thousandths: int = point["threshold"] if isinstance(point, Mapping) else point.threshold
    return thousandths / 1000


def figures_of(logits: Floats, truth: Targets, calibration: Calibration, multi: bool, cuts: Floats) -> dict[str, float]:
    """Accuracy and macro-F1 among the labels that the rows have, as `evaluate` takes them; ECE over all labels."""
    chances = chances_of(logits, calibration, multi)
    accuracy, score = accuracy_and_macro_f1(logits, truth, chances >= cuts if multi else None)
    return {
        "rows": len(truth),
        "accuracy": round(accuracy, 4),
        "macro_f1": round(score, 4),
        "ece": round(calibration_error(chances, truth), 4),
    }
