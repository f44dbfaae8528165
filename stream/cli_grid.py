"""`tideline grid`: poolings and losses side by side, on the same rows, with several seeds."""

import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stream.output import json_option, print_json
from stream.training_choices import file_choices, pair, seeds_of, target_scheme

if TYPE_CHECKING:
    from models.grid.plan import Asked
    from models.grid.planned import Plan
    from models.grid.write import Written

_FIXED = {
    "base": "--base",
    "pooling": "--pooling",
    "seed": "--seeds",
    "metric": "--loss",
    "scheme": "--scheme",
    "data": "--data",
}
"""What the grid itself settles, and the option that does it."""

_TRAINING = ("epochs", "batch", "rate", "patience", "precision", "device", "metric_weight", "mining")
_OPTIONS = ("embedding", "frozen")

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option(
    "--base", "bases", multiple=True, metavar="NAME", help="minilm, scratch, a folder or a hub name; repeatable."
)
@click.option("--data", multiple=True, metavar="FILE|NAME", help="Labelled texts, as for train; repeatable.")
@click.option("--scheme", metavar="NAME|FILE", help="The labels to learn, one a text. [default: those of the data]")
@click.option("--pooling", default="cls,mean", show_default=True, help="From pieces to a text.")
@click.option("--loss", default="ce,contrastive,triplet", show_default=True, help="ce alone, or with another added.")
@click.option("--seeds", default="1,2,3", show_default=True, help="Train every combination once for each.")
@click.option("--metric-weight", type=float, default=0.1, show_default=True, help="How much the added loss weighs.")
@click.option("--mining", default="hard", show_default=True, help="Which pairs it looks at: hard, semi-hard or all.")
@click.option("--embedding", type=int, default=256, show_default=True, help="Numbers in a text's vector.")
@click.option("--epochs", type=int, help="How often every training row is seen, at most.")
@click.option("--batch", type=int, help="Rows in a batch.")
@click.option("--rate", type=float, help="Learning rate.")
@click.option("--patience", type=int, help="Stop when validation has not become better for so many epochs.")
@click.option("--frozen", type=int, help="The lowest layers of the base that keep their weights.")
@click.option("--precision", metavar="WORD", help="single, or half for 16-bit products.")
@click.option("--device", metavar="WORD", help="auto, cpu or cuda.")
@click.option("--set", "others", multiple=True, metavar="KEY=VALUE", help="Any other option of bert or its training.")
@click.option("--limit", type=click.IntRange(1), help="At most so many training rows, every label in its share.")
@file_choices
@click.option("--validation", type=float, default=0.1, show_default=True, help="Share of a file that chooses.")
@click.option("--test", type=float, default=0.1, show_default=True, help="Share of a file that only measures.")
@click.option("--validation-file", metavar="FILE", help="Choose on the rows of this file instead.")
@click.option("--test-file", metavar="FILE", help="Measure on the rows of this file instead.")
@click.option(
    "--out",
    type=_FOLDER,
    default=Path("grid"),
    show_default=True,
    help="The folder for finished trainings and the page.",
)
@click.option("--replace", "replacing", is_flag=True, help="Start anew in a folder that holds another grid.")
@click.option("--retry", is_flag=True, help="Train again what failed before.")
@click.option("--keep-models", is_flag=True, help="Also keep every trained model, as a model folder.")
@click.option("--page-only", is_flag=True, help="Train nothing: write the page of what the folder holds so far.")
@click.option("--png", "pngs", type=_FOLDER, help="Also write the page's pictures into this folder.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@json_option
def grid(as_json: bool, **said: Any) -> None:
    """Train every pooling with every loss, for each base and seed, and compare them on one page.

    Cross-entropy alone (ce) stands against cross-entropy plus a contrastive or a triplet loss of the texts' vectors.
    The page (grid.html) has the training curves, the figures with intervals, the differences, and each one's vectors
    laid flat; table.csv and table.json hold the figures. Finished trainings and epochs are kept: after an
    interruption the same command goes on. A folder holds one grid; bases, poolings, losses and seeds may be added to
    it. Exit code 1 when a training failed; the others are run all the same.

    \b
    Examples:
      tideline grid --base minilm --data emotion
      tideline grid --base minilm --data emotion --limit 4000 --epochs 3 --precision half
      tideline grid --base klue/bert-base --base klue/roberta-base --data mine.csv --device cuda
      tideline grid --base scratch --data mine.csv --scheme korean-4 --out korean
      tideline grid --page-only --out korean --png pictures
    """
    written = _page_only(said) if said["page_only"] else _run(_planned(said), said)
    if as_json:
        print_json({"page": str(written.page), **written.document})
    else:
        click.echo("\n".join(_told(written)))
    if written.document["failed"]:
        raise click.exceptions.Exit(1)


def _told(written: "Written") -> Iterator[str]:
    from models.grid.plan import shown_name

    document = written.document
    found = {f"{shown_name(one['base'])}, {one['pooling']}, {one['loss']}": one for one in document["combinations"]}
    wide = max(map(len, ("base, pooling, loss", *found)))
    yield f"{'base, pooling, loss':<{wide}}{'seeds':>7}{'accuracy':>10}{'macro-F1':>10}{'95 % interval':>19}"
    for name, one in found.items():
        interval = f"{one['macro_f1_low']:.4f} to {one['macro_f1_high']:.4f}"
        yield f"{name:<{wide}}{one['seeds']:>7}{one['accuracy']:>10.4f}{one['macro_f1']:>10.4f}{interval:>19}"
    for one in document["failed"]:
        yield f"failed: {shown_name(one['base'])}, {one['pooling']}, {one['loss']}, seed {one['seed']}: {one['why']}"
    yield ""
    yield from textwrap.wrap(document["verdict"], 100)
    yield f"{written.page} ({written.size / 1024:,.0f} kB): open it in a browser"


def _planned(said: dict[str, Any]) -> "Plan":
    from models.data.sources import HeldOut, Reading, folding_notes, load_all
    from models.grid.plan import LOSSES, POOLINGS, cells_of
    from models.grid.planned import planned
    from models.grid.rows import rows_for
    from models.schemes import scheme as scheme_called

    if not said["data"]:
        raise click.UsageError("Say what to learn from: --data FILE or --data emotion.")
    if not said["bases"]:
        raise click.UsageError("Say what to start from: --base minilm, a folder or a hub name.")
    cells = cells_of(
        list(dict.fromkeys(said["bases"])),
        _words("--pooling", said["pooling"], POOLINGS),
        _words("--loss", said["loss"], tuple(LOSSES)),
        seeds_of(None, said["seeds"]),
    )
    reading = Reading(None, said["text_column"], said["label_column"], said["encoding"], said["delimiter"])
    held_out = HeldOut(said["validation"], said["test"], said["validation_file"], said["test_file"])
    stated = scheme_called(said["scheme"]) if said["scheme"] else None
    corpora, notes = load_all(said["data"], reading, held_out, stated)
    name, target = target_scheme(said["scheme"], corpora)
    rows = rows_for(corpora, target, said["limit"])
    for note in [*notes, *folding_notes(corpora, target)]:
        click.echo(f"note: {note}", err=True)
    return planned(cells, _asked(said, name, vars(reading), vars(held_out)), target, rows)


def _asked(said: dict[str, Any], scheme: str, reading: dict[str, Any], held_out: dict[str, Any]) -> "Asked":
    from models.grid.plan import Asked
    from models.training.models import is_training_option

    named = {key: said[key] for key in (*_TRAINING, *_OPTIONS) if said[key] is not None}
    choices = {**named, **dict(_other(one) for one in said["others"])}
    training = {key: value for key, value in choices.items() if is_training_option(key)}
    options = {key: value for key, value in choices.items() if not is_training_option(key)}
    return Asked(tuple(said["data"]), scheme, options, training, said["limit"], reading, held_out)


def _other(said: str) -> tuple[str, Any]:
    key, value = pair(said)
    if key in _FIXED:
        raise click.BadParameter(f"{key} is what the grid settles: use {_FIXED[key]}.", param_hint="--set")
    return key, value


def _words(option: str, said: str, known: tuple[str, ...]) -> list[str]:
    found = list(dict.fromkeys(word.strip() for word in said.split(",") if word.strip()))
    unknown = [word for word in found if word not in known]
    if unknown or not found:
        what = f"{unknown[0]!r} is none of them" if unknown else "nothing is given"
        raise click.BadParameter(f"{what}: use {', '.join(known)}.", param_hint=option)
    return found


def _run(plan: "Plan", said: dict[str, Any]) -> "Written":
    from models.grid.folder import opened
    from models.grid.run import fill
    from models.grid.write import write_grid
    from stream.report.style import style

    choices = {name: said[name] for name in ("retry", "keep_models", "quiet")}
    try:
        with opened(said["out"], plan.stated(), said["replacing"]) as folder:
            fill(plan, folder, **choices, tell=lambda line: click.echo(line, err=True))
            return write_grid(folder, style(), datetime.now(UTC), said["pngs"])
    except KeyboardInterrupt:
        click.echo("tideline: The grid was interrupted: the same command goes on where it stopped.", err=True)
        raise click.exceptions.Exit(1) from None


def _page_only(said: dict[str, Any]) -> "Written":
    from models.grid.folder import read_folder
    from models.grid.write import write_grid
    from stream.report.style import style

    return write_grid(read_folder(said["out"]), style(), datetime.now(UTC), said["pngs"])
