"""From a recipe to a calibrated, measured model, not yet on disk."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.data.apart import counted, disjoint, require_enough
from models.data.rows import Corpus, Row, data_hash
from models.evaluation.calibration import Calibration, calibration_error, chances_of, fit_calibration, thresholds
from models.evaluation.metrics import accuracy_and_macro_f1
from models.kinds import Floats, Model
from models.labels import EMOTIONS, Scheme
from models.manifest import Manifest
from models.saved import FORMAT, SavedModel
from models.schemes import scheme as scheme_called
from models.training.learners import Lesson, learner_of
from models.training.recipe import Recipe
from models.training.targets import targets_of

Targets = npt.NDArray[np.int64]

NOTHING_SAID = (Row("", ("neutral",)),) * 40
"""A post without a known word is neutral: without these rows a model would guess."""


def fit(recipe: Recipe, corpora: Sequence[Corpus], quiet: bool = False, checkpoint: Path | None = None) -> SavedModel:
    """Learned on training rows, chosen and calibrated on validation rows, measured on test rows.

    `checkpoint` is a folder in which an interrupted training is found again, and taken up.
    """
    scheme = scheme_called(recipe.scheme)
    folded = [corpus.in_scheme(scheme) for corpus in corpora]
    apart = disjoint(folded)
    require_enough(apart)
    rows = [row for corpus in apart for row in corpus.train]
    rows += NOTHING_SAID if "neutral" in scheme.labels else ()
    learned = learner_of(recipe.kind)(Lesson(recipe, scheme, rows, apart, quiet, checkpoint))
    manifest = described(recipe, scheme, learned.model, apart)
    figures = {**manifest.metrics, "data": counted(folded, apart)}
    return SavedModel(manifest.model_copy(update={"metrics": figures, "history": learned.history}), learned.model)


def described(recipe: Recipe, scheme: Scheme, model: Model, corpora: Sequence[Corpus]) -> Manifest:
    """Calibration and thresholds from validation rows, figures from test rows."""
    held_out = [row for corpus in corpora for row in corpus.validation]
    logits, truth = model.logits([row.text for row in held_out]), targets_of(held_out, scheme)
    calibration = fit_calibration(logits, truth)
    chances = chances_of(logits, calibration, scheme.multi)
    cuts = thresholds(chances, truth, scheme.labels) if scheme.multi else {}
    tested = {corpus.name: corpus.test for corpus in corpora}
    validated = {corpus.name: corpus.validation for corpus in corpora}
    return Manifest(
        format=FORMAT,
        name=recipe.name,
        kind=model.kind,
        config=model.config,
        scheme=scheme.name,
        labels=scheme.labels,
        mapping=dict(scheme.mapping),
        multi=scheme.multi,
        languages=recipe.languages,
        temperature=calibration.temperature,
        by_margin=calibration.by_margin,
        thresholds=_canonical_thresholds(chances, held_out, scheme),
        label_thresholds=cuts,
        metrics={
            "seed": recipe.training.seed,
            "validation": measured(model, validated, scheme, calibration, cuts),
            "test": measured(model, tested, scheme, calibration, cuts),
        },
        history=[],
        training=recipe.as_dict(),
        data_sha256=data_hash(corpora),
        licence=recipe.licence,
    )


def _canonical_thresholds(chances: Floats, rows: Sequence[Row], scheme: Scheme) -> dict[str, dict[str, Any]]:
    """Of the rows that show one of the seven emotions; what shows several has no single truth."""
    felt = [scheme.canonical(row.labels) for row in rows]
    clear = [number for number, emotion in enumerate(felt) if emotion is not None]
    truth = np.array([EMOTIONS.index(felt[number] or "") for number in clear], dtype=np.int64)
    return thresholds(scheme.fold(chances)[clear], truth, EMOTIONS)


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
    logits = {name: model.logits([row.text for row in rows]) for name, rows in splits.items()}
    truth = {name: targets_of(rows, scheme) for name, rows in splits.items()}
    if len(splits) > 1:
        logits["both"] = np.concatenate(list(logits.values()))
        truth["both"] = np.concatenate(list(truth.values()))
    lines = np.array([_cut((cuts or {}).get(label)) for label in scheme.labels])
    return {name: figures_of(logits[name], truth[name], calibration, scheme.multi, lines) for name in logits}


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
