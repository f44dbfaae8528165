"""Which function teaches which kind of model."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.data.rows import Corpus, Row
from models.errors import TrainingFailed
from models.kinds import Model
from models.labels import Scheme
from models.training.recipe import Recipe
from models.training.rows import History


@dataclass(frozen=True)
class Lesson:
    """What a learner gets: rows in the target scheme, kept apart from what they are measured on."""

    recipe: Recipe
    scheme: Scheme
    train: Sequence[Row]
    validation: Sequence[Corpus]
    """Only their validation splits may be read."""
    quiet: bool = False
    checkpoint: Path | None = None
    """A folder in which a training that can be long leaves what it needs to be taken up again."""


@dataclass(frozen=True)
class Learned:
    """A model, and one dict per epoch (or none) of how it came about."""

    model: Model
    history: History


Learn = Callable[[Lesson], Learned]

_LEARNERS = {
    "naive-bayes": "models.linear.learn:learn",
    "logistic": "models.linear.learn:learn",
    "svm": "models.linear.learn:learn",
    "bagging": "models.ensembles.bagging:learn",
    "boosting": "models.ensembles.boosting:learn",
    "stacking": "models.ensembles.stacking:learn",
    "recurrent": "models.training.learn_network:learn",
    "cnn": "models.training.learn_network:learn",
    "onehot": "models.training.learn_network:learn",
    "grams": "models.training.learn_network:learn",
    "transformer": "models.training.learn_network:learn",
}


def learner_of(kind: str) -> Learn:
    if kind not in _LEARNERS:
        raise TrainingFailed(f"There is no kind of model {kind!r}: use one of {', '.join(sorted(_LEARNERS))}.")
    module, name = _LEARNERS[kind].split(":")
    found: Learn = getattr(importlib.import_module(module), name)
    return found
