"""`tideline predict`: the emotions of a text, of every text of a file, or of every line that comes in."""

from typing import Any

import click
import orjson

from stream.model_choice import chosen_model, model_option

_AT_ONCE, _EXPLAINED_AT_ONCE = 2_048, 16
"""Texts a call: more of them are sorted into evener batches (a quarter faster than 512), fewer need less memory."""


@click.command()
@click.argument("texts", nargs=-1, metavar="[TEXT|FILE|-]...")
@click.option("--file", "files", multiple=True, metavar="FILE", help="A file for certain; an error when it is missing.")
@model_option
@click.option("--text-column", metavar="NAME", help="The column with the text, by name or number from 1.")
@click.option("--encoding", metavar="NAME", help="How files and stdin are encoded. [default: found]")
@click.option(
    "--scheme",
    type=click.Choice(["own", "canonical"]),
    default="own",
    show_default=True,
    help="Answer in the model's own labels, or in the seven canonical emotions.",
)
@click.option("--explain", is_flag=True, help="Also tell which words carry the score, each with its weight.")
@click.option(
    "--explain-by",
    type=click.Choice(["occlusion", "gradient"]),
    default="occlusion",
    show_default=True,
    help="Leave each word out in turn, for any model; or gradient × input, cheaper, for networks.",
)
@click.option("--with-text", is_flag=True, help="Print each text beside its scores.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def predict(texts: tuple[str, ...], files: tuple[str, ...], model: str, as_json: bool, **wishes: Any) -> None:
    """Tell the emotions of a TEXT, of each text in a FILE, or of each line of stdin (-, or no argument).

    An argument that is an existing file is read as one: CSV, TSV and JSON lines by their text column, any other
    file as one text a line, plain or gzip. Anything else is a text; --file says that it must be a file. Answers
    come in the order of the texts, as they are read, so a file of any length needs no more memory than a short
    one, unless it is not UTF-8 and its encoding has to be found out.

    With --json each line has `label`, `scores` (the chance of each label), `version` of the model and, for texts
    of a file, `file` and `line`; `labels` where a model may give several; `emotions` where its labels are not
    the canonical seven; `words` with --explain: by how much the chance of `label` falls without each word (by
    gradient: its share in the log of that chance).

    \b
    Examples:
      tideline predict "i feel so happy today"
      tideline predict --explain "i feel so happy today but a little afraid"
      tideline predict posts.csv --text-column body --json > scores.jsonl
      tail -f posts.txt | tideline predict --json -
    """
    from stream.predictions import Wish, predictions, shown
    from stream.texts import in_chunks, sources_of

    sources = sources_of(texts or () if files else texts or ("-",), files)
    wish = Wish(
        wishes["scheme"] == "canonical", wishes["with_text"], wishes["explain_by"] if wishes["explain"] else None
    )
    classifier = chosen_model(model)
    size = _EXPLAINED_AT_ONCE if wish.explain_by else _AT_ONCE
    stdin = click.get_binary_stream("stdin")
    for chunk in in_chunks(sources, wishes["text_column"], size, _warn, stdin, wishes["encoding"]):
        records = predictions(classifier, chunk, wish)
        lines = [orjson.dumps(record).decode() for record in records] if as_json else _pages(records, shown)
        click.echo("\n".join(lines))


def _pages(records: list[dict[str, Any]], shown: Any) -> list[str]:
    return [line for record in records for line in shown(record)]


def _warn(sentence: str) -> None:
    click.echo(f"note: {sentence}", err=True)
