"""How a champion was made, and from what: enough to make another."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from models.data.as_trained import how_read, trained_on
from models.data.corpora import KNOWN
from models.data.neutral import handled
from models.data.rows import Corpus
from models.data.sources import load_all
from models.errors import DataUnusable, TrainingFailed
from models.manifest import Manifest
from models.training.options import TrainingOptions
from models.training.recipe import Recipe, preset, preset_names


def recipe_of(manifest: Manifest) -> Recipe:
    """As the manifest says; of older models, the shipped preset of their name. Raises `TrainingFailed`."""
    if manifest.kind == "ensemble":
        raise TrainingFailed(
            f"{manifest.name} is an ensemble of other models: retrain a member with --model "
            f"{_first_member(manifest)}, then join them again with `tideline ensemble`."
        )
    said = manifest.training
    if said.get("kind"):
        return _stated(manifest, said)
    found = (preset(name) for name in preset_names())
    recipe = next((one for one in found if one.name == manifest.name and one.kind == manifest.kind), None)
    if recipe is None:
        raise TrainingFailed(f"{manifest.name} does not say how it was trained: choose another with --model.")
    return recipe.seeded(int(manifest.metrics.get("seed", 1)))


def _first_member(manifest: Manifest) -> str:
    return str(next(iter(manifest.config.get("members", ["NAME"])))).split("@")[0]


def _stated(manifest: Manifest, said: Mapping[str, Any]) -> Recipe:
    known = {one.name for one in fields(TrainingOptions)}
    reading, held_out = how_read(manifest)
    return Recipe(
        manifest.name,
        said["kind"],
        data=trained_on(manifest),
        scheme=said.get("scheme", manifest.scheme),
        languages=manifest.languages,
        options=said.get("options", {}),
        training=TrainingOptions(**{name: value for name, value in said.get("training", {}).items() if name in known}),
        licence=manifest.licence,
        reading=vars(reading),
        held_out=vars(held_out),
        neutral=said.get("neutral", "keep"),
    )


def base_data(manifest: Manifest, recipe: Recipe) -> tuple[Corpus, ...]:
    """The champion's own data, split as when it learned, in its scheme. Raises `DataUnusable` where it is not here."""
    scheme = manifest.label_scheme()
    reading, held_out = how_read(manifest)
    try:
        corpora, _ = load_all(recipe.data, reading, held_out, scheme)
    except (DataUnusable, OSError) as error:
        known = "put it there" if set(recipe.data) <= set(KNOWN) else "run where that file is"
        raise DataUnusable(
            f"The data that {manifest.name} learned from ({', '.join(recipe.data)}) is not at hand, and without it a "
            f"challenger would forget: {known}, or choose another with --model. ({error})"
        ) from error
    return tuple(handled(corpus, recipe.neutral).in_scheme(scheme) for corpus in corpora)


def named(recipe: Recipe, name: str, about: str) -> Recipe:
    """The same for a challenger of this name."""
    return replace(recipe, name=name, about=about, published={}, remarks="")
