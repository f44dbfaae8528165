"""Trained models combined into one: weights, temperature and thresholds from validation rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.data.apart import disjoint
from models.data.rows import Corpus
from models.ensembles.combination import HOW, Pool
from models.ensembles.ensemble import Ensemble
from models.ensembles.members import Member, member_of
from models.ensembles.remembering import remembering
from models.ensembles.weights import fitted_weights
from models.errors import ModelUnusable, SchemeInvalid, TrainingFailed
from models.labels import Scheme
from models.saved import SavedModel
from models.schemes import scheme as scheme_called
from models.training.fit import described
from models.training.recipe import Recipe
from models.training.targets import targets_of


def combine(
    members: Sequence[SavedModel],
    how: str,
    corpora: Sequence[Corpus],
    name: str = "ensemble",
    read_as: Mapping[str, Any] | None = None,
) -> SavedModel:
    """`how` is mean, product, max, min or weighted. The corpora are measured on as in `fit`, not learned from.

    Each member answers each split once, however often it is asked. `read_as` has what the ensemble's recipe says
    of its data: `data`, `reading` and `held_out`.
    """
    scheme = common_scheme(members)
    languages = _common_languages(members)
    apart = disjoint(corpus.in_scheme(scheme) for corpus in corpora)
    asked = [member_of(remembering(saved)) for saved in members]
    pool = _pool(asked, how, apart, scheme)
    recipe = Recipe(
        name,
        "ensemble",
        scheme=scheme.name,
        languages=languages,
        options={"members": [member.name for member in asked], "how": how},
        licence="; ".join(dict.fromkeys(saved.manifest.licence for saved in members)),
        **(read_as or {"data": tuple(corpus.name for corpus in corpora)}),
    )
    manifest = described(recipe, scheme, Ensemble("ensemble", asked, pool), apart)
    bare = [member_of(saved) for saved in members]
    return SavedModel(manifest, Ensemble("ensemble", bare, pool))


def _pool(members: Sequence[Member], how: str, corpora: Sequence[Corpus], scheme: Scheme) -> Pool:
    if how not in HOW:
        raise TrainingFailed(f"Members cannot be combined by {how!r}: use one of {', '.join(HOW)}.")
    if how != "weighted":
        return Pool(how, scheme.multi)
    rows = [row for corpus in corpora for row in corpus.validation]
    chances = np.stack([member.chances([row.text for row in rows]) for member in members])
    return Pool(how, scheme.multi, fitted_weights(chances, targets_of(rows, scheme)))


def common_scheme(members: Sequence[SavedModel]) -> Scheme:
    """The one that all members answer in; as it ships, where unchanged, so that it can read other data's labels."""
    versions = [saved.manifest.version for saved in members]
    if len(set(versions)) < max(2, len(versions)):
        raise TrainingFailed("An ensemble needs at least two different models: name more of them.")
    first = members[0].manifest.label_scheme()
    for saved in members[1:]:
        _same_labels(members[0], saved)
    try:
        shipped = scheme_called(first.name)
    except SchemeInvalid:
        return first
    return shipped if _meaning(shipped) == _meaning(first) else first


def _same_labels(first: SavedModel, other: SavedModel) -> None:
    one, two = first.manifest.label_scheme(), other.manifest.label_scheme()
    if _meaning(one) != _meaning(two):
        raise ModelUnusable(
            f"{first.manifest.name} answers in the labels of {one.name!r} ({len(one.labels)}) and "
            f"{other.manifest.name} in those of {two.name!r} ({len(two.labels)}): combine models of one label scheme."
        )


def _meaning(scheme: Scheme) -> tuple[object, ...]:
    return scheme.labels, dict(scheme.mapping), scheme.multi


def _common_languages(members: Sequence[SavedModel]) -> tuple[str, ...]:
    shared = set.intersection(*(set(saved.manifest.languages) for saved in members))
    if not shared:
        raise ModelUnusable("The models have no language in common: combine models of the same language.")
    return tuple(sorted(shared))
