"""`tideline evaluate`: how good a model is on labelled texts that it did not learn from."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stream.model_choice import chosen_model, model_option
from stream.output import json_option, print_json

if TYPE_CHECKING:
    from models.classifier import Classifier
    from models.data.read import Labelled

_LEARNED = "models were trained, or chosen and calibrated, on these rows: only test says how good they are."


@click.command()
@model_option
@click.option(
    "--data",
    required=True,
    metavar="FILE|NAME",
    help="Labelled texts: CSV, TSV, JSON lines, or a data set known by name (emotion, goemotions).",
)
@click.option(
    "--split",
    type=click.Choice(["test", "validation", "train"]),
    default="test",
    show_default=True,
    help="Which part of a data set known by name, or of a file that the model learned from.",
)
@click.option("--text-column", metavar="NAME", help="The column with the text, by name or number from 1.")
@click.option("--label-column", metavar="NAME", help="The column with the label, by name or number from 1.")
@click.option("--scheme", metavar="NAME|FILE", help="What the file's labels are. [default: found from the labels]")
@click.option("--encoding", metavar="NAME", help="How the file is encoded. [default: found]")
@click.option("--against", metavar="MODEL", help="Test whether this other model differs by more than luck (McNemar).")
@click.option("--all-labels", is_flag=True, help="Ask for every label of the model, also those that no row has.")
@click.option("--canonical", is_flag=True, help="Measure in the seven canonical emotions, whatever the labels.")
@click.option(
    "--errors",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Also print the N most confident mistakes, with their texts.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the answers to every row as numbers (.npz, no text): true, said, chances, a network's vectors.",
)
@json_option
def evaluate(model: str, data: str, split: str, against: str | None, as_json: bool, **options: Any) -> None:
    """Measure a model on labelled texts: accuracy, precision, recall, F1, confusion, calibration.

    Intervals are 95 % bootstrap intervals over the rows (1,000 resamples, seeded). Nothing is fitted here: the
    calibration is the one stored with the model, and the figures before it stand beside.

    A file that the model learned from is split again as in training, and only its test rows are measured; --split
    gives the others. Of any other file, all rows are measured.

    Labels that no row has are not asked for, so a model that knows neutral can be measured on data without it;
    --all-labels asks for every one. Where data and model have different labels, the data's are turned into the
    model's, or both into the seven canonical emotions; rows that mean nothing to the model are left out and
    counted.

    --keep writes what the figures are made of, for an analysis of your own: numpy.load reads it without pickle.

    \b
    Examples:
      tideline evaluate --data emotion
      tideline evaluate --model keywords --data goemotions --split validation
      tideline evaluate --data mine.csv --text-column body --label-column feeling --json
      tideline evaluate --data emotion --against keywords --errors 10
      tideline evaluate --data emotion --keep answers.npz
    """
    found, notes = _measured(model, data, split, against, **options)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    if as_json:
        print_json(found)
    else:
        from stream.evaluation_page import page

        click.echo("\n".join(page(found)))


def _measured(
    model: str,
    data: str,
    split: str,
    against: str | None,
    *,
    text_column: str | None,
    label_column: str | None,
    scheme: str | None,
    encoding: str | None,
    all_labels: bool,
    canonical: bool,
    errors: int,
    keep: Path | None,
) -> tuple[dict[str, Any], list[str]]:
    from models.evaluation.evaluate import evaluate as figures_of

    classifier = chosen_model(model)
    other = chosen_model(against) if against else None
    reading = {"scheme": scheme, "text_column": text_column, "label_column": label_column, "encoding": encoding}
    read, part = _read(classifier, data, split, reading)
    found = figures_of(
        classifier,
        read.scheme,
        read.rows,
        every_label=all_labels,
        fold=canonical,
        mistakes=errors,
        against=other,
        keep=keep,
    )
    place = {"data": data, "split": part, "scheme": read.scheme.name}
    notes = [*read.notes, *([_LEARNED] if part in ("train", "validation") else [])]
    return {"model": found.pop("model"), "version": found.pop("version"), **place, **found}, notes


def _read(
    classifier: "Classifier", data: str, split: str, reading: dict[str, str | None]
) -> "tuple[Labelled, str | None]":
    """The rows to measure on, and which part of the data they are where it has parts."""
    from models.data.corpora import KNOWN
    from models.data.read import Labelled, read_rows
    from models.evaluation.asking import manifest_of
    from models.page.sources import part_note, split_again

    manifest = manifest_of(classifier)
    again = split_again(data, manifest, **reading) if manifest else None
    if again is not None:
        return Labelled(
            again.corpus.scheme, list(getattr(again.corpus, split)), [part_note(data, split), *again.notes]
        ), split
    own = None if _is_shipped(classifier.scheme.name) else classifier.scheme
    return read_rows(data, **reading, prefer=own, split=split), split if data in KNOWN else None


def _is_shipped(scheme: str) -> bool:
    """Numbers in a file are read by the shipped scheme that they fit, not by whichever the model has."""
    from models.schemes import scheme_names

    return scheme in scheme_names()
