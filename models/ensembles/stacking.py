"""Stacking: a logistic regression learns how far to believe each of several models.

What it learns from is what each member says of rows that it was not taught on (out of fold); the members that
answer later are taught on all training rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from models.ensembles.ensemble import Ensemble
from models.ensembles.folds import folds_of
from models.ensembles.lessons import member_recipe, taught
from models.ensembles.members import Inside
from models.ensembles.meta import Meta, said
from models.evaluation.calibration import Calibration, chances_of
from models.linear.learn import balance, some_of_each
from models.linear.options import LinearOptions, chosen
from models.linear.solve import solved
from models.training.learners import Learned, Lesson
from models.training.recipe import Recipe
from models.training.targets import targets_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class StackingOptions:
    """`of`: kinds or presets of the members. `C`: how little the model above them is held back."""

    of: Sequence[str] = ("naive-bayes", "logistic", "svm")
    folds: int = 5
    C: float = 1.0

    def __post_init__(self) -> None:
        if len(self.members) < 2 or len(set(self.members)) < len(self.members):
            raise ValueError("of must name at least two different kinds or presets")
        if not (self.folds >= 2 and self.C > 0):
            raise ValueError("folds must be at least 2 and C above 0")

    @property
    def members(self) -> list[str]:
        """A list in a preset; words between commas on a command line."""
        return [name.strip() for name in self.of.split(",")] if isinstance(self.of, str) else list(self.of)


def learn(lesson: Lesson) -> Learned:
    options = chosen(StackingOptions, "stacking", lesson.recipe.options)
    recipes = [member_recipe(lesson.recipe, name) for name in options.members]
    meta = _meta(lesson, out_of_fold(lesson, recipes, options.folds), options)
    members = [
        Inside(recipe.name, taught(lesson, recipe, lesson.train, recipe.name), Calibration(), lesson.scheme.multi)
        for recipe in tqdm(recipes, desc="members", disable=lesson.quiet)
    ]
    return Learned(Ensemble("stacking", members, meta), [])


def out_of_fold(lesson: Lesson, recipes: Sequence[Recipe], folds: int) -> Floats:
    """(members, rows, labels): what each member says of every training row, taught on the other folds only."""
    fold = folds_of(lesson.train, folds, lesson.recipe.training.seed)
    chances = np.empty((len(recipes), len(lesson.train), len(lesson.scheme.labels)))
    for number in tqdm(range(folds), desc="folds", disable=lesson.quiet):
        kept, left_out = np.flatnonzero(fold != number).tolist(), np.flatnonzero(fold == number).tolist()
        rows, texts = [lesson.train[row] for row in kept], [lesson.train[row].text for row in left_out]
        for place, recipe in enumerate(recipes):
            model = taught(lesson, recipe, rows, f"{recipe.name}-fold-{number}")
            chances[place, left_out] = chances_of(model.logits(texts), Calibration(), lesson.scheme.multi)
    return chances


def _meta(lesson: Lesson, chances: Floats, options: StackingOptions) -> Meta:
    multi, training = lesson.scheme.multi, lesson.recipe.training
    truth = some_of_each(targets_of(lesson.train, lesson.scheme))
    weights = balance(truth, training.weighting)
    labels = len(lesson.scheme.labels)
    plane = solved("logistic", said(chances, multi), truth, labels, weights, LinearOptions(C=options.C), training.seed)
    return Meta(plane.stored(), multi)
