"""Which model is to be challenged, and what it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.data.rows import Corpus
from models.load import folder_of, load_saved
from models.retraining.recipes import base_data, recipe_of
from models.saved import SavedModel, read_manifest
from models.training.recipe import Recipe
from stream.retraining.errors import RetrainingRefused
from stream.retraining.wish import Wish
from stream.routes import model_names
from stream.settings import Settings


@dataclass(frozen=True)
class Champion:
    """A model in use, how it was made, and what it learned from besides labels."""

    saved: SavedModel
    recipe: Recipe
    base: tuple[Corpus, ...]

    @property
    def version(self) -> str:
        return self.saved.manifest.version


def champion_name(settings: Settings, wish: Wish, language: str) -> str:
    """The model asked for, else the one that scores the language. Raises `RetrainingRefused`."""
    if wish.model:
        return wish.model
    names = model_names(settings)
    if language not in names:
        known = ", ".join(sorted(names))
        raise RetrainingRefused(
            f"no model scores {language}: use one of {known}, or add {language} to TIDELINE_LANGUAGES."
        )
    if names[language] == "keywords":
        raise RetrainingRefused("word lists learn nothing: name a trained model with --model, such as bilstm-en-1.")
    return names[language]


def language_for(settings: Settings, wish: Wish, found: Sequence[str]) -> str:
    """The language asked for, else that of the model asked for, else the one with most labels."""
    if wish.language:
        return wish.language
    if wish.model:
        known = read_manifest(folder_of(wish.model, settings.models_folder)).languages
        return next((language for language in found if language in known), known[0])
    return found[0] if found else "en"


def opened(name: str, registry: Path) -> Champion:
    """The model with its recipe and data."""
    saved = load_saved(name, registry)
    recipe = recipe_of(saved.manifest)
    return Champion(saved, recipe, base_data(saved.manifest, recipe))
