"""Teaching a linear model: n-grams of the training rows, then one solution; no epochs."""

import numpy as np
import numpy.typing as npt

from models.errors import TrainingFailed
from models.linear.features import Features
from models.linear.model import LinearModel
from models.linear.options import linear_options
from models.linear.solve import solved
from models.training.learners import Learned, Lesson
from models.training.targets import targets_of

Floats = npt.NDArray[np.float64]
Targets = npt.NDArray[np.int64]


def learn(lesson: Lesson) -> Learned:
    """The same seed and data give the same model."""
    recipe = lesson.recipe
    options = linear_options(recipe.kind, recipe.options)
    truth = some_of_each(targets_of(lesson.train, lesson.scheme))
    texts = [row.text for row in lesson.train]
    features = Features.of(texts, options)
    weights = balance(truth, recipe.training.weighting)
    plane = solved(
        recipe.kind,
        features.matrix(texts),
        truth,
        len(lesson.scheme.labels),
        weights,
        options,
        recipe.training.seed,
    )
    return Learned(LinearModel(recipe.kind, features, plane), [])


def some_of_each(truth: Targets) -> Targets:
    if len(np.unique(truth)) < 2:
        raise TrainingFailed("All training rows have the same label: give rows with at least two labels.")
    return truth


def balance(truth: Targets, weighting: str) -> Floats:
    """How much each row counts, 1 on average; of multi-label rows, each of their answers.

    sqrt: what is ten times rarer weighs about three times more; balanced: ten times; none: the same.
    """
    if truth.ndim == 2:
        return np.stack([balance(answers, weighting) for answers in truth.T], axis=1)
    power = {"none": 0.0, "sqrt": 0.5, "balanced": 1.0}[weighting]
    weights = (1 / np.maximum(np.bincount(truth), 1)[truth]) ** power
    return weights / weights.mean()  # type: ignore[no-any-return]
