"""`tideline train`: from labelled texts to a model folder."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stream.output import json_option, print_json
from stream.settings import read_settings
from stream.training_choices import (
    choices,
    file_choices,
    in_languages,
    language_codes,
    licensed,
    recipe_from,
    seeds_of,
    target_scheme,
)
from stream.training_page import page, summary

if TYPE_CHECKING:
    from models.data.rows import Corpus
    from models.saved import SavedModel
    from models.training.recipe import Recipe

_AUTO = "auto"


@click.command()
@click.option(
    "--model",
    metavar="NAME",
    help="rnn, lstm, bilstm, gru, cnn, onehot-cnn, bert, naive-bayes, logistic, svm, bagging, boosting or stacking.",
)
@click.option("--preset", "preset_name", metavar="NAME|FILE", help="A recipe that ships, or one of your own (TOML).")
@click.option(
    "--data",
    multiple=True,
    metavar="FILE|NAME",
    help="Labelled texts: CSV, TSV, JSON lines, or emotion, goemotions, kote or keti. May be repeated. [default: the "
    "preset's]",
)
@click.option("--scheme", metavar="NAME|FILE", help="The labels the model answers in. [default: those of the data]")
@file_choices
@click.option("--validation", type=float, help="Share of a file that chooses. [default: the preset's, or 0.1]")
@click.option("--test", type=float, help="Share of a file that only measures. [default: the preset's, or 0.1]")
@click.option("--validation-file", metavar="FILE", help="Choose on the rows of this file instead.")
@click.option("--test-file", metavar="FILE", help="Measure on the rows of this file instead.")
@click.option(
    "--neutral",
    type=click.Choice(["keep", "drop", "undersample"]),
    help="Rows without a feeling: keep, drop, or train on no more of them than of another label. [default: keep]",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="CODE",
    callback=language_codes,
    help="What the texts are written in, such as en or ko. May be repeated. [default: that of the data]",
)
@click.option("--name", metavar="NAME", help="What it is called. [default: the model or preset, with a number]")
@click.option("--out", type=click.Path(path_type=Path), help="The folder to write. [default: among your models]")
@click.option("--replace", "replacing", is_flag=True, help="Write over a model that is already there.")
@click.option("--licence", metavar="TEXT", help="Under which terms the data, and so the model, may be used.")
@click.option("--seed", type=int, help="The source of chance. [default: 1]")
@click.option("--seeds", metavar="1,2,3", help="Train once for each and keep the best on validation.")
@choices
@click.option("--resume", is_flag=True, help="Go on where an interrupted training of the same model stopped.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@json_option
def train(model: str | None, preset_name: str | None, out: Path | None, as_json: bool, **said: Any) -> None:
    """Train a model on labelled texts, calibrate it, measure it and write it as a folder.

    The texts may be in any file with a text and a label column; columns, delimiter, encoding and the scheme of
    the labels are found. One file is split by its labels, the same way every time. Nothing is learned, chosen or
    calibrated on test rows, and training rows whose text is also held out are left out and counted.

    \b
    Examples:
      tideline train --model lstm --data emotion
      tideline train --model bilstm --data mine.csv --text-column body --label-column feeling
      tideline train --model bert --data emotion --rank 16 --seeds 1,2,3
      tideline train --model bert --base bert-base-uncased --data emotion --device cuda
      tideline train --model bert --base scratch --data kote --scheme canonical-multi --set cut=jamo
      tideline train --preset bilstm-en --seeds 1,2,3
      tideline train --model svm --data kote --scheme canonical-multi
      tideline train --model logistic --data mine.csv --neutral undersample --language ko
      tideline train --model lstm --data emotion --layers 2 --set word_dropout=0 --resume
    """
    seeds = seeds_of(said["seed"], said["seeds"])
    said["out"] = out
    folder = _folder(model or Path(str(preset_name)).stem, out, said)
    recipe, corpora, notes = _prepared(recipe_from(model, preset_name, said), model, said)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    if out is None and not said["name"]:
        folder = _claimed(folder, recipe)
    recipe = replace(recipe, name=folder.resolve().name)
    click.echo(f"note: {recipe.name} is trained; it will be in {folder}", err=True)
    trained, folder = _trained(recipe, corpora, seeds, folder, said, tell=not as_json)
    if as_json:
        print_json(summary(trained.manifest, folder))
    else:
        click.echo("\n".join(page(trained.manifest, folder, read_settings().models_folder)))


def _prepared(recipe: "Recipe", model: str | None, said: dict[str, Any]) -> "tuple[Recipe, list[Corpus], list[str]]":
    """The recipe with its data and scheme settled, and that data."""
    from models.data.neutral import neutral_notes
    from models.data.sources import HeldOut, Reading, folding_notes, load_all
    from models.schemes import scheme as scheme_called

    asked = None if said["scheme"] in (None, _AUTO) else str(said["scheme"])
    if not said["data"] and model:
        raise click.UsageError("Say what to learn from: --data FILE, --data emotion or --data goemotions.")
    stated = asked or (None if said["data"] else recipe.scheme)
    reading = Reading(
        text_column=said["text_column"],
        label_column=said["label_column"],
        encoding=said["encoding"],
        delimiter=said["delimiter"],
    )
    kept_apart = {name: said[name] for name in ("validation", "test", "validation_file", "test_file")}
    held_out = HeldOut(**{**recipe.held_out, **{name: one for name, one in kept_apart.items() if one is not None}})
    sources = said["data"] or recipe.data
    corpora, notes = load_all(sources, reading, held_out, scheme_called(stated) if stated else None)
    name, target = target_scheme(stated, corpora)
    settled = replace(recipe, data=tuple(sources), scheme=name, reading=vars(reading), held_out=vars(held_out))
    settled, guessed = in_languages(settled, corpora, said)
    settled = replace(settled, neutral=said["neutral"] or settled.neutral)
    settled = licensed(settled) if said["data"] else settled
    notes += [*guessed, *folding_notes(corpora, target), *neutral_notes(corpora, settled.neutral)]
    return replace(settled, licence=said["licence"] or settled.licence), corpora, notes


def _folder(stem: str, out: Path | None, said: dict[str, Any]) -> Path:
    """Where it goes; refused before the training when it cannot go there."""
    from models.training.place import free_name, require_name, require_place

    if out is None and not said["name"] and said["resume"]:
        raise click.UsageError("Say which training to take up: --resume needs --name or --out.")
    if out is not None and said["name"]:
        raise click.UsageError("Give either --name or --out: a model is called as its folder.")
    if said["name"]:
        require_name(said["name"])
    shelf = read_settings().models_folder
    folder = out or shelf / (said["name"] or free_name(shelf, stem))
    require_name(folder.resolve().name)
    require_place(folder, said["replacing"])
    return folder


def _claimed(folder: Path, recipe: "Recipe") -> Path:
    """A number that another training took while the data was read is not used twice."""
    from models.training.device import device_for
    from models.training.place import claimed

    device_for(recipe.training.device)
    return claimed(folder.parent, folder.name.rpartition("-")[0])


def _trained(
    recipe: "Recipe", corpora: "Sequence[Corpus]", seeds: list[int], folder: Path, said: dict[str, Any], tell: bool
) -> "tuple[SavedModel, Path]":
    """Trained, written, and its checkpoints cleared away; and where it was written."""
    from models.training.device import device_for
    from models.training.place import close_checkpoints, open_checkpoints
    from models.training.seeds import fit_seeds

    device_for(recipe.training.device)
    checkpoints = open_checkpoints(folder, recipe, corpora, said["resume"])
    done = _seed_told if tell and len(seeds) > 1 else None
    written = False
    try:
        fitted = fit_seeds(recipe, corpora, seeds, said["quiet"], checkpoints, done)
        saved = _saved(recipe, fitted, folder, said["replacing"])
        written = True
    except KeyboardInterrupt:
        _tell_how_to_go_on(folder, said)
        raise click.exceptions.Exit(1) from None
    finally:
        close_checkpoints(folder, written)
    return saved


def _saved(recipe: "Recipe", fitted: "SavedModel", folder: Path, replacing: bool) -> "tuple[SavedModel, Path]":
    """Written, and never over a model that was not there when the training began."""
    from models.saved import SavedModel, save_model
    from models.training.card import card
    from models.training.place import still_free

    target = still_free(folder, replacing)
    manifest = fitted.manifest
    if target != folder:
        click.echo(f"note: another model was written to {folder} meanwhile; this one goes to {target}", err=True)
        manifest = manifest.model_copy(update={"name": target.name})
    text = card(manifest, replace(recipe, name=manifest.name))
    written = save_model(target, SavedModel(manifest, fitted.model), text)
    return SavedModel(written, fitted.model), target


def _tell_how_to_go_on(folder: Path, said: dict[str, Any]) -> None:
    from models.training.place import has_checkpoint

    again = f"--out {folder}" if said["out"] else f"--name {folder.name}"
    advice = f"go on with the same options and `{again} --resume`" if has_checkpoint(folder) else "nothing was kept"
    click.echo(f"tideline: The training of {folder.name} was interrupted: {advice}.", err=True)


def _seed_told(line: dict[str, Any]) -> None:
    click.echo(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in line.items()))
