"""`tideline ensemble`: trained models combined into one."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stream.output import json_option, print_json
from stream.settings import read_settings

if TYPE_CHECKING:
    from models.data.rows import Corpus
    from models.ensembles.sources import Sources
    from models.saved import SavedModel

Figures = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Split → data set → figures."""


@click.command()
@click.argument("name")
@click.option("--of", "members", multiple=True, required=True, help="A model: a name or a folder. Give two or more.")
@click.option(
    "--how",
    type=click.Choice(["mean", "product", "max", "min", "weighted"]),
    default="mean",
    show_default=True,
    help="What becomes of the members' chances; the weights of weighted are fitted on validation rows.",
)
@click.option("--data", multiple=True, help="A data set's name or a file; otherwise what the members were trained on.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write; otherwise NAME in the folder of your own models.",
)
@click.option("--replace", "replacing", is_flag=True, help="Write over a model that is already there.")
@json_option
def ensemble(
    name: str,
    members: tuple[str, ...],
    how: str,
    data: tuple[str, ...],
    out: Path | None,
    replacing: bool,
    as_json: bool,
) -> None:
    """Combine trained models into the ensemble NAME, measure it beside its members, and save it.

    The members stay where they are: the ensemble's folder names their versions and nothing else will do
    in their place. Temperature, thresholds and weights come from the data's validation rows. A file that a member
    was trained on is cut into the same rows again; members that may know held-out rows all the same are named.

    \b
    Examples:
      tideline ensemble both --of my-lstm --of my-bert --how product
      tideline ensemble trio --of svm-1 --of lstm-1 --of bert-1 --how weighted --data emotion
    """
    from models.ensembles.card import ensemble_card
    from models.ensembles.combine import combine
    from models.ensembles.remembering import remembering
    from models.ensembles.sources import sources_of
    from models.load import load_saved
    from models.saved import save_model

    registry = read_settings().models_folder
    folder = _folder(name, out, registry)
    _require_place(folder, registry, replacing)
    saved = [remembering(load_saved(member, registry)) for member in members]
    _require_near(saved, folder, registry)
    sources = sources_of(saved, data)
    _tell(saved, sources)
    combined = combine(saved, how, sources.corpora, name, sources.read_as)
    manifest = save_model(folder, combined, ensemble_card(combined.manifest))
    figures = {one.manifest.version: _figures(one, sources.corpora) for one in saved}
    figures[manifest.version] = {split: manifest.metrics[split] for split in ("validation", "test")}
    weights = manifest.config["weights"]
    if as_json:
        print_json({"model": manifest.version, "folder": str(folder), "how": how, "weights": weights, "of": figures})
    else:
        _print(figures, dict(zip(figures, weights, strict=False)))
        click.echo(f"{folder}: use it as --model {folder}")


def _folder(name: str, out: Path | None, registry: Path) -> Path:
    from models.load import RESERVED, shelves
    from models.registry.shelves import is_name, on_shelves

    shipped = on_shelves(name, shelves()[:1])
    if not is_name(name) or name in RESERVED or shipped:
        raise click.BadParameter(
            f"{name!r} cannot name a model of your own: use letters, digits, dots and dashes, "
            "and no shipped model's name.",
            param_hint="NAME",
        )
    return out or registry / name


def _require_place(folder: Path, registry: Path, replacing: bool) -> None:
    """Asked before anything slow is done: nothing is lost there that was not meant to be."""
    from models.registry.needed import require_unneeded
    from models.training.place import require_place

    require_place(folder, replacing)
    require_unneeded(folder, registry)


def _require_near(members: "Iterable[SavedModel]", folder: Path, registry: Path) -> None:
    """Every member lies where the saved ensemble would find it, and is not what the ensemble would replace."""
    from models.errors import ModelUnusable
    from models.load import shelves
    from models.registry.shelves import folder_with

    for saved in members:
        version = saved.manifest.version
        try:
            found = folder_with(version, [*shelves(registry), folder.resolve().parent])
        except ModelUnusable as error:
            raise ModelUnusable(
                f"An ensemble in {folder} would not find its member {version}: import that with "
                "`tideline models import`, or write the ensemble beside it with --out."
            ) from error
        if found.resolve() == folder.resolve():
            raise ModelUnusable(f"The ensemble would replace its own member {version}: give it another name.")


def _tell(members: "list[SavedModel]", sources: "Sources") -> None:
    """How the data was read, and whose figures to take with care."""
    from models.ensembles.sources import flattered

    for note in sources.notes:
        click.echo(note, err=True)
    for version in flattered(members, sources):
        click.echo(f"{version} was trained on other rows of this data: the figures here may flatter it.", err=True)


def _figures(saved: "SavedModel", corpora: "Sequence[Corpus]") -> dict[str, dict[str, dict[str, float]]]:
    """The same figures for a member, on the same rows, as `combine` took for the whole."""
    from models.training.measuring import measured

    splits = {
        "validation": {corpus.name: corpus.validation for corpus in corpora},
        "test": {corpus.name: corpus.test for corpus in corpora},
    }
    scheme, manifest = corpora[0].scheme, saved.manifest
    return {
        split: measured(saved.model, rows, scheme, manifest.calibration, manifest.label_thresholds)
        for split, rows in splits.items()
    }


def _print(figures: Mapping[str, Figures], weights: Mapping[str, float]) -> None:
    """A line for each model and split; the ensemble comes last."""
    width = max(len(version) for version in figures)
    click.echo(f"{'':<{width}}  {'split':<10}  {'data':<12}  {'rows':>7}  {'accuracy':>8}  {'macro-F1':>8}  {'ECE':>6}")
    for version, splits in figures.items():
        for split, sets in splits.items():
            for data, one in sets.items():
                click.echo(f"{version:<{width}}  {split:<10}  {data:<12}  {_columns(one)}")
    for version, weight in weights.items():
        click.echo(f"  weight of {version}: {weight:.3f}")


def _columns(figures: Mapping[str, Any]) -> str:
    return f"{figures['rows']:>7,}  {figures['accuracy']:>8.4f}  {figures['macro_f1']:>8.4f}  {figures['ece']:>6.4f}"
