"""What can be said on the command line about a training, and the recipe that follows from it."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from models.data.rows import Corpus
    from models.labels import Scheme
    from models.training.recipe import Recipe

F = TypeVar("F", bound=Callable[..., Any])

_NUMBERS: dict[str, tuple[type, str]] = {
    "epochs": (int, "How often every training row is seen, at most."),
    "batch": (int, "Rows in a batch."),
    "rate": (float, "Learning rate."),
    "patience": (int, "Stop when validation has not become better for so many epochs."),
    "layers": (int, "Layers of a recurrent network, or of a bert from scratch."),
    "hidden": (int, "Size of the hidden state."),
    "embedding": (int, "Size of the word vectors."),
    "dropout": (float, "Share of values dropped while training."),
    "rank": (int, "Train LoRA adapters of this rank instead of the whole base; 0 trains the base."),
    "frozen": (int, "The lowest layers of the base that keep their weights."),
}
_WORDS: dict[str, str] = {
    "pooling": "From words to a text: last, max, mean, attention (recurrent); cls, mean (bert).",
    "base": "Pretrained encoder: minilm, a local folder, or a hub name such as klue/bert-base; or scratch: none.",
    "weighting": "How rare classes weigh: sqrt, balanced or none.",
    "precision": "single, or half for 16-bit products.",
    "device": "auto, cpu or cuda.",
}


_FILES: dict[str, tuple[str, str]] = {
    "text-column": ("NAME", "The column with the text, by name or number from 1."),
    "label-column": ("NAME", "The column with the label, by name or number from 1."),
    "delimiter": ("SIGN", "The sign between cells. [default: found]"),
    "encoding": ("NAME", "How the files are encoded. [default: found]"),
}


def file_choices(command: F) -> F:
    """The options that say how files of labelled texts are read."""
    for name, (metavar, told) in reversed(_FILES.items()):
        command = click.option(f"--{name}", metavar=metavar, help=told)(command)
    return command


def choices(command: F) -> F:
    """The options that go into a recipe."""
    for name, (kind, told) in reversed(_NUMBERS.items()):
        command = click.option(f"--{name}", type=kind, help=told)(command)
    for name, told in reversed(_WORDS.items()):
        command = click.option(f"--{name}", metavar=name.upper(), help=told)(command)
    command = click.option("--bidirectional/--one-way", default=None, help="Read both ways, or left to right.")(command)
    return click.option(
        "--set", "others", multiple=True, metavar="KEY=VALUE", help="Any other option of the model or its training."
    )(command)


def chosen(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was said, as (the model's options, the training's options)."""
    from models.training.models import is_training_option

    named = {name: given[name] for name in (*_NUMBERS, *_WORDS, "bidirectional") if given[name] is not None}
    said = {**named, **dict(pair(one) for one in given["others"])}
    return (
        {key: value for key, value in said.items() if not is_training_option(key)},
        {key: value for key, value in said.items() if is_training_option(key)},
    )


def pair(said: str) -> tuple[str, Any]:
    key, equals, value = said.partition("=")
    if not (key.strip() and equals):
        raise click.BadParameter(f"{said!r} is no KEY=VALUE: write for example --set layers=2.", param_hint="--set")
    return key.strip().replace("-", "_"), _value(value.strip())


def _value(text: str) -> Any:
    """As TOML writes it: numbers, true and false, lists; anything else is a word."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def recipe_from(model: str | None, preset_name: str | None, given: Mapping[str, Any]) -> "Recipe":
    """A preset or a model's usual recipe, with what was said about it."""
    from models.training.models import recipe_for
    from models.training.recipe import preset

    if (model is None) == (preset_name is None):
        raise click.UsageError("Give either --model NAME or --preset NAME.")
    options, training = chosen(given)
    recipe = recipe_for(str(model), options) if preset_name is None else preset(preset_name)
    return recipe.with_changes(options, training)


def target_scheme(said: str | None, corpora: "Sequence[Corpus]") -> "tuple[str, Scheme]":
    """The labels that the model will answer in: as said, else the data's own, else the canonical seven."""
    from models.schemes import scheme

    if said:
        return said, scheme(said)
    own = {corpus.scheme.name: corpus.scheme for corpus in corpora}
    if len(own) == 1:
        return next(iter(own.items()))
    return "canonical", scheme("canonical")


def licensed(recipe: "Recipe") -> "Recipe":
    """With the terms of the known data sets in it."""
    from models.data.corpora import KNOWN

    terms = [KNOWN[name].licence if name in KNOWN else f"{name}: unstated" for name in recipe.data]
    return replace(recipe, licence=f"weights: the terms of their data ({'; '.join(terms)})")


def language_codes(_context: click.Context, _option: click.Parameter, said: tuple[str, ...]) -> tuple[str, ...]:
    """As given, once each; two or three small letters make a language's code."""
    wrong = next((code for code in said if not re.fullmatch("[a-z]{2,3}", code)), None)
    if wrong is not None:
        raise click.BadParameter(f"{wrong!r} is no language's code: write for example en or ko.")
    return tuple(dict.fromkeys(said))


def in_languages(recipe: "Recipe", corpora: "Sequence[Corpus]", said: Mapping[str, Any]) -> "tuple[Recipe, list[str]]":
    """In the languages said, else those of the data said, else the preset's; and what was guessed."""
    from models.data.language import languages_of

    if said["languages"] or not said["data"]:
        return replace(recipe, languages=said["languages"] or recipe.languages), []
    languages, notes = languages_of(recipe.data, corpora)
    return replace(recipe, languages=languages), notes


def seeds_of(seed: int | None, seeds: str | None) -> list[int]:
    """One, or several between commas."""
    if seed is not None and seeds is not None:
        raise click.UsageError("Give either --seed or --seeds.")
    if seeds is None:
        return [1 if seed is None else seed]
    try:
        found = list(dict.fromkeys(int(one) for one in seeds.split(",") if one.strip()))
    except ValueError as error:
        raise click.BadParameter(f"{seeds!r} is no list of numbers: write 1,2,3.", param_hint="--seeds") from error
    if not found:
        raise click.BadParameter("no seed is given: write 1,2,3.", param_hint="--seeds")
    return found
