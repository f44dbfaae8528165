"""Training a challenger: the champion's own recipe, from its weights where that is possible, else from the start."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.data.apart import counted, disjoint, require_enough
from models.data.rows import Corpus
from models.saved import SavedModel
from models.training.fit import described, fit, said_nothing
from models.training.recipe import Recipe

_WORD_NETWORKS = frozenset({"recurrent", "cnn", "onehot", "grams"})
"""Kinds whose weights can be taken further as they are stored."""


@dataclass(frozen=True)
class Course:
    """`fresh` starts from nothing, in the recipe's own way. Otherwise the champion's weights go on for `epochs`, with
    `pace` times the recipe's learning rate."""

    fresh: bool = False
    epochs: int = 2
    pace: float = 1.0


def challenger(
    champion: SavedModel, recipe: Recipe, corpora: Sequence[Corpus], course: Course, quiet: bool, checkpoint: Path
) -> SavedModel:
    """Calibrated and measured, not yet on disk. `checkpoint` is where an interrupted training is taken up."""
    if course.fresh or not can_go_on(champion):
        return fit(recipe, corpora, quiet, checkpoint)
    return _gone_on(champion, recipe, corpora, course, quiet, checkpoint)


def can_go_on(champion: SavedModel) -> bool:
    """Whether it is a network whose stored weights can be trained further; its words stay those it knows."""
    return champion.manifest.kind in _WORD_NETWORKS


def _gone_on(
    champion: SavedModel, recipe: Recipe, corpora: Sequence[Corpus], course: Course, quiet: bool, checkpoint: Path
) -> SavedModel:
    from models.engine.network import NetworkModel
    from models.training.loop import train
    from models.training.targets import encoded

    scheme = champion.manifest.label_scheme()
    apart = disjoint(corpora)
    require_enough(apart)
    own: Any = champion.model
    network = copy.deepcopy(own.network).requires_grad_(True)
    rows = [row for corpus in apart for row in corpus.train] + said_nothing(recipe, scheme)
    validation = {corpus.name: encoded(corpus.validation, own.encoder, scheme) for corpus in apart}
    options = replace(recipe.training, epochs=course.epochs, rate=recipe.training.rate * course.pace)
    history = train(
        network, own.encoder.pad, encoded(rows, own.encoder, scheme), validation, options, quiet, checkpoint
    )
    model = NetworkModel(champion.manifest.kind, network.as_loaded(), own.encoder)
    manifest = described(recipe, scheme, model, apart)
    metrics = {**manifest.metrics, "data": counted(corpora, apart)}
    return SavedModel(manifest.model_copy(update={"metrics": metrics, "history": history}), model)
