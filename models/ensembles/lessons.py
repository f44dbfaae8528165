"""What the members of an ensemble are taught: the ensemble's own lesson, narrowed."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from models.data.rows import Row
from models.ensembles.members import Inside
from models.evaluation.calibration import Calibration, fit_temperature
from models.kinds import Model
from models.training.learners import Lesson, learner_of
from models.training.models import MODELS, recipe_for
from models.training.recipe import Recipe, preset, preset_names
from models.training.targets import targets_of


def member_recipe(recipe: Recipe, of: str, options: Mapping[str, Any] | None = None) -> Recipe:
    """A preset's, a known model's or a kind's, with the ensemble's scheme, seed and weighting of rare labels."""
    own = _usual(of, options or {})
    training = replace(own.training, seed=recipe.training.seed, weighting=recipe.training.weighting)
    return replace(
        own,
        scheme=recipe.scheme,
        languages=recipe.languages,
        training=training,
    )


def _usual(of: str, options: Mapping[str, Any]) -> Recipe:
    if of in preset_names() or of.endswith(".toml"):
        own = preset(of)
        return replace(own, options={**own.options, **options})
    return recipe_for(of, options) if of in MODELS else Recipe(of, of, options=options)


def taught(lesson: Lesson, recipe: Recipe, rows: Sequence[Row], name: str) -> Model:
    """One member, from these rows only. `name` keeps its checkpoints apart from the others'."""
    checkpoint = lesson.checkpoint / name if lesson.checkpoint else None
    own = replace(lesson, recipe=recipe, train=rows, checkpoint=checkpoint)
    return learner_of(recipe.kind)(own).model


def calibrated(lesson: Lesson, name: str, model: Model) -> Inside:
    """With the temperature that fits the validation rows."""
    rows = [row for corpus in lesson.validation for row in corpus.validation]
    logits = model.logits([row.text for row in rows])
    return Inside(
        name, model, Calibration(fit_temperature(logits, targets_of(rows, lesson.scheme))), lesson.scheme.multi
    )


def divided(options: type, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """An ensemble's own options, and the rest, which are its members'."""
    own = {field.name for field in fields(options)}
    ours = {name: value for name, value in given.items() if name in own}
    return ours, {name: value for name, value in given.items() if name not in own}
