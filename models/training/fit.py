"""From a recipe to a calibrated, measured model, not yet on disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.data.apart import counted, disjoint, require_enough
from models.data.neutral import DROP, handled, nothing_felt
from models.data.rows import Corpus, Row, data_hash
from models.drift.profile import figures_of
from models.evaluation.calibration import chances_of, fit_calibration, thresholds
from models.kinds import Floats, Model
from models.labels import EMOTIONS, Scheme
from models.manifest import Manifest
from models.saved import FORMAT, SavedModel
from models.schemes import scheme as scheme_called
from models.training.learners import Lesson, learner_of
from models.training.measuring import answers_of, figures, lines_of, measured, together
from models.training.recipe import Recipe
from models.training.report import report_of
from models.training.targets import targets_of

NOTHING_SAID = 40
"""Empty training rows: a post without a known word is neutral, and without them a model would guess."""


def fit(recipe: Recipe, corpora: Sequence[Corpus], quiet: bool = False, checkpoint: Path | None = None) -> SavedModel:
    """Learned on training rows, chosen and calibrated on validation rows, measured on test rows.

    `checkpoint` is a folder in which an interrupted training is found again, and taken up.
    """
    scheme = scheme_called(recipe.scheme)
    folded = [handled(corpus, recipe.neutral).in_scheme(scheme) for corpus in corpora]
    apart = disjoint(folded)
    require_enough(apart)
    rows = [row for corpus in apart for row in corpus.train]
    rows += said_nothing(recipe, scheme)
    learned = learner_of(recipe.kind)(Lesson(recipe, scheme, rows, apart, quiet, checkpoint))
    manifest = described(recipe, scheme, learned.model, apart)
    metrics = {**manifest.metrics, "data": counted(folded, apart)}
    return SavedModel(manifest.model_copy(update={"metrics": metrics, "history": learned.history}), learned.model)


def said_nothing(recipe: Recipe, scheme: Scheme) -> list[Row]:
    neutral = nothing_felt(scheme)
    return [] if neutral is None or recipe.neutral == DROP else [Row("", (neutral,))] * NOTHING_SAID


def described(recipe: Recipe, scheme: Scheme, model: Model, corpora: Sequence[Corpus]) -> Manifest:
    """Calibration and thresholds from validation rows, figures from test rows."""
    held_out = [row for corpus in corpora for row in corpus.validation]
    logits, truth = model.logits([row.text for row in held_out]), targets_of(held_out, scheme)
    calibration = fit_calibration(logits, truth)
    chances = chances_of(logits, calibration, scheme.multi)
    cuts = thresholds(chances, truth, scheme.labels) if scheme.multi else {}
    tested = {corpus.name: corpus.test for corpus in corpora}
    validated = {corpus.name: corpus.validation for corpus in corpora}
    lines, test = lines_of(scheme, cuts), answers_of(model, tested, scheme)
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
            "test": figures(test, scheme, calibration, lines),
            "report": report_of(*together(test), scheme, calibration, lines),
            "drift": figures_of(corpora, scheme.mapping, recipe.languages[0]),
        },
        history=[],
        training=recipe.as_dict(),
        data_sha256=data_hash(corpora),
        licence=recipe.licence,
    )


def _canonical_thresholds(chances: Floats, rows: Sequence[Row], scheme: Scheme) -> dict[str, dict[str, Any]]:
    """Of rows with several labels, for each emotion whether they show it; of others, those that show one."""
    folded = scheme.fold(chances)
    if scheme.multi:
        return thresholds(folded, (targets_of(rows, scheme) @ scheme.matrix() > 0).astype(np.int64), EMOTIONS)
    felt = [scheme.canonical(row.labels) for row in rows]
    clear = [number for number, emotion in enumerate(felt) if emotion is not None]
    truth = np.array([EMOTIONS.index(felt[number] or "") for number in clear], dtype=np.int64)
    return thresholds(folded[clear], truth, EMOTIONS)
