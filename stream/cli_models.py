"""`tideline models`: what there is to score with, which of it is in use, and moving models between machines."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stream.cli_models_compare import compare
from stream.cli_models_promote import list_promotions, promote, rollback
from stream.cli_models_shadow import shadow
from stream.output import json_option, print_json, print_lines
from stream.settings import Settings, read_settings

if TYPE_CHECKING:
    from models.manifest import Manifest
    from models.registry.folder import Registry


@click.group()
def models() -> None:
    """Models: list them, choose one, export and import them.

    Some ship with Tideline; your own lie in TIDELINE_MODELS_FOLDER, where `tideline train` puts them. A model is
    a folder with its weights, labels, calibration and hashes, and is refused unless it is whole.
    """


def _registry() -> "Registry":
    from models.registry.folder import Registry

    return Registry(read_settings().models_folder)


@models.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """List every model with its version, figures on test rows and size; * marks the one in use.

    A broken folder is listed with what is wrong with it.

    \b
    Examples:
      tideline models list
      tideline models list --json
    """
    from stream.model_lines import entry_dict, list_lines
    from stream.retraining.record import settle_where_possible

    settle_where_possible(read_settings())
    entries = _registry().entries()
    if as_json:
        print_json([entry_dict(entry) for entry in entries])
        return
    for line in list_lines(entries):
        click.echo(line)
    _tell_of_pin()


def _tell_of_pin() -> None:
    pinned = read_settings().model
    if pinned != "default":
        click.echo(f"TIDELINE_MODEL pins {pinned}: workers started with it do not follow `tideline models use`")


@models.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show all that is known of model NAME: kind, labels, figures, thresholds, licence and training.

    NAME may also be a version (`name@hash`) or the path of a model folder.

    \b
    Examples:
      tideline models show default
      tideline models show bilstm-en-1 --json      the whole model.json
    """
    from models.saved import checked_files, read_manifest
    from stream.model_lines import show_lines

    folder = _registry().folder_of(name)
    manifest = read_manifest(folder)
    checked_files(folder, manifest)
    if as_json:
        print_json(manifest.model_dump(mode="json") | {"version": manifest.version, "folder": str(folder)})
        return
    for line in show_lines(folder, manifest):
        click.echo(line)


@models.command()
@click.argument("name")
@json_option
def use(name: str, as_json: bool) -> None:
    """Score with model NAME from now on; running workers take it up between two batches.

    The model is loaded and tried first; if anything is wrong with it, the model in use stays. `default` goes
    back to the shipped default. Points say which version scored them. People's baselines are not carried over:
    trends go on across the change and compare scores of both models. `tideline models promote` carries them over.

    \b
    Examples:
      tideline models use my-lstm
      tideline models use default
    """
    from stream.model_lines import notes_on_choice

    settings = read_settings()
    manifest, notes = _used(name, settings)
    notes += notes_on_choice(manifest, settings)
    if as_json:
        print_json({"in_use": manifest.version, "notes": notes})
        return
    click.echo(f"{manifest.version} is in use; running workers take it up with their next batch")
    for note in notes:
        click.echo(f"note: {note}", err=True)
    _tell_of_pin()


def _used(name: str, settings: Settings) -> tuple["Manifest", list[str]]:
    """With a record where there is a database; a database that is away keeps nobody from choosing a model."""
    from storage.errors import StorageError

    if not settings.database_url:
        return _registry().use(name), []
    from stream.promotion.used import use_and_record

    try:
        return use_and_record(settings, name)
    except StorageError as error:
        return _registry().use(name), [f"this is not recorded: {error}"]


@models.command()
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@json_option
def export(name: str, file: Path | None, as_json: bool) -> None:
    """Write model NAME to FILE, one zip with all it needs (default: NAME.zip here).

    Members of an ensemble are included. The same model always gives the same bytes.

    \b
    Examples:
      tideline models export my-lstm
      tideline models export my-ensemble /backup/ensemble.zip
    """
    registry = _registry()
    file = file or Path(f"{registry.folder_of(name).name}.zip")
    manifest = registry.export(name, file)
    size = file.stat().st_size
    if as_json:
        print_json({"file": str(file), "bytes": size, "version": manifest.version})
    else:
        click.echo(f"{file} ({size / 1e6:,.1f} MB) holds {manifest.version}")


@models.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--name", help="Store it under this name instead of its own.")
@json_option
def import_model(path: Path, name: str | None, as_json: bool) -> None:
    """Take in a model from PATH, a zip made by `export` or a model folder.

    Everything is checked before the model appears in the registry. A name that another model has already is
    refused: give --name. Importing does not put a model in use.

    \b
    Examples:
      tideline models import my-lstm.zip
      tideline models import ./trained/my-lstm --name lstm-2
    """
    admitted = _registry().import_(path, name)
    told: dict[str, Any] = {"name": admitted.name, "version": admitted.manifest.version, "new": admitted.new}
    if as_json:
        print_json(told | {"members": list(admitted.members)})
    elif not admitted.new:
        click.echo(f"{admitted.name} is here already, with the same content ({admitted.manifest.version})")
    else:
        print_lines({"imported": admitted.name, "version": admitted.manifest.version})
        if admitted.members:
            print_lines({"with": ", ".join(admitted.members)})
        click.echo(f"to score with it: tideline models use {admitted.name}")


@models.command()
@click.argument("name")
@json_option
def remove(name: str, as_json: bool) -> None:
    """Delete your own model NAME; refused while it is in use, or a member of an ensemble of yours.

    Points that it scored stay; `tideline verify` can no longer recompute them.

    \b
    Examples:
      tideline models remove my-lstm
    """
    _registry().remove(name)
    if as_json:
        print_json({"removed": name})
    else:
        click.echo(f"{name} is removed")


models.add_command(promote)
models.add_command(rollback)
models.add_command(list_promotions)
models.add_command(shadow)
models.add_command(compare)
