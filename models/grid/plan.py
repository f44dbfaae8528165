"""Which trainings a grid is made of, and what each of them is."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from models.errors import TrainingFailed
from models.networks.bases import SCRATCH
from models.networks.scratch import SCRATCH_OPTIONS
from models.networks.transformer import TransformerConfig
from models.training.building import options_of
from models.training.models import recipe_for
from models.training.recipe import Recipe

LOSSES = {"ce": "none", "contrastive": "contrastive", "triplet": "triplet"}
"""What is added to cross-entropy, as the training options call it."""

POOLINGS = ("cls", "mean")
EMBEDDING = 256
"""Numbers in a text's vector: every cell has a layer of this width, so that only pooling and loss differ."""

FORMAT = 1
_OF_METRIC_LOSSES = ("metric_weight", "mining", "margin")


@dataclass(frozen=True)
class Cell:
    """One training of the grid."""

    base: str
    pooling: str
    loss: str
    seed: int

    @property
    def key(self) -> str:
        """Its name as a file; two bases of the same last name are told apart."""
        return f"{short_name(self.base)}.{self.pooling}.{self.loss}.seed-{self.seed}"

    def __str__(self) -> str:
        return f"{shown_name(self.base)}, {self.pooling} pooling, {self.loss}, seed {self.seed}"


@dataclass(frozen=True)
class Asked:
    """What all cells share. `options` are the encoder's, `training` how to train, where they are not the usual."""

    data: tuple[str, ...]
    scheme: str
    options: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    limit: int | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)
    held_out: Mapping[str, Any] = field(default_factory=dict)
    licence: str = ""


def short_name(base: str) -> str:
    """
    >>> short_name("minilm"), short_name("klue/bert-base")
    ('minilm', 'bert-base-c9705c')
    """
    last = re.sub(r"[^\w-]+", "-", Path(base).name)
    return last if last == base else f"{last}-{hashlib.sha256(base.encode()).hexdigest()[:6]}"


def shown_name(base: str) -> str:
    """For people: where a folder lies says nothing of what is in it.

    >>> shown_name("klue/bert-base"), shown_name("/home/me/bert")
    ('klue/bert-base', 'bert')
    """
    return Path(base).name if Path(base).is_absolute() else base


def cells_of(bases: Sequence[str], poolings: Sequence[str], losses: Sequence[str], seeds: Sequence[int]) -> list[Cell]:
    """Seed by seed, so that an unfinished grid already shows every combination once."""
    return [
        Cell(base, pooling, loss, seed) for seed in seeds for base in bases for pooling in poolings for loss in losses
    ]


def require_used(asked: Asked, bases: Iterable[str]) -> None:
    """Raises `TrainingFailed` for an option of `scratch` where that is not among the bases."""
    unused = [key for key in asked.options if key in SCRATCH_OPTIONS]
    if unused and SCRATCH not in set(bases):
        raise TrainingFailed(f"Only the base {SCRATCH} has the option {unused[0]!r}: leave it out, or add that base.")


def recipe_of(cell: Cell, asked: Asked) -> Recipe:
    """Raises `TrainingFailed` for an option that a transformer does not have, or a value that it cannot take."""
    _check_names(asked.options)
    own = {key: value for key, value in asked.options.items() if cell.base == SCRATCH or key not in SCRATCH_OPTIONS}
    options = {"embedding": EMBEDDING, **own, "base": cell.base, "pooling": cell.pooling}
    _check_values(options)
    usual = recipe_for("bert", options)
    metric = LOSSES[cell.loss]
    said = {key: value for key, value in asked.training.items() if metric != "none" or key not in _OF_METRIC_LOSSES}
    recipe = usual.with_changes({}, {**said, "metric": metric, "seed": cell.seed})
    return Recipe(
        name=cell.key,
        kind=recipe.kind,
        data=asked.data,
        scheme=asked.scheme,
        options=recipe.options,
        training=recipe.training,
        licence=asked.licence or recipe.licence,
        reading=asked.reading,
        held_out=asked.held_out,
    )


def code_of(recipe: Recipe, base_sha256: str, data_sha256: str) -> str:
    """Equal for two cells that would give the same figures on the same processor; files may lie elsewhere."""
    training = {**asdict(recipe.training), "device": ""}
    return digest([FORMAT, recipe.kind, dict(recipe.options), training, base_sha256, data_sha256])


def digest(stated: object) -> str:
    """SHA-256 of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(stated, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _check_names(options: Mapping[str, Any]) -> None:
    known = options_of("transformer")
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise TrainingFailed(f"A transformer has no option {unknown[0]!r}: use one of {', '.join(known)}.")


def _check_values(options: Mapping[str, Any]) -> None:
    shape = {key: value for key, value in options.items() if key not in SCRATCH_OPTIONS}
    try:
        TransformerConfig(**{**shape, "labels": 2})
    except (ValueError, TypeError) as error:
        raise TrainingFailed(str(error)) from error
