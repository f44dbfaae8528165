"""`tideline label import | export`: labels from and to files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from storage.label_words import LONGEST_NAME
from stream.label_options import at_most, keep_of, open_labels
from stream.output import json_option, print_json
from stream.replay_options import Moment
from stream.settings import Settings, read_settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from stream.labelling.columns import Defaults
    from stream.labelling.fates import Fates
    from stream.labelling.importing import Terms

TOLD = 10  # refusals on a screen
_short = at_most(LONGEST_NAME)


@click.command("import")
@click.argument("file")
@click.option("--as", "name", metavar="NAME", help="The labeller of rows that name none.")
@click.option("--at", type=Moment(), help="The time of rows that have none.")
@click.option(
    "--provenance",
    metavar="TEXT",
    callback=_short,
    help="Where rows come from that do not say.  [default: the file's name]",
)
@click.option(
    "--licence",
    metavar="TEXT",
    default="unknown",
    show_default=True,
    callback=_short,
    help="The licence of rows without one.",
)
@click.option("--consent", is_flag=True, help="Rows that do not say may be learned from.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write each row's fate there, as CSV.")
@click.option("--strict", is_flag=True, help="Store nothing if a single row is refused.")
@click.option("--dry-run", "rehearse", is_flag=True, help="Tell what would become of each row, and store nothing.")
@json_option
def import_(
    file: str,
    name: str | None,
    at: datetime | None,
    provenance: str | None,
    licence: str,
    consent: bool,
    report: Path | None,
    strict: bool,
    rehearse: bool,
    as_json: bool,
) -> None:
    """Store the labels of FILE: CSV or JSON lines, plain or gzip; - is stdin.

    A post is named by its key, or by source and id; an alert by its id in the column alert. Further columns: verdict
    (right, wrong, unsure, skip; golden makes the post a golden one), emotion, reason, labeller, at, shown, score,
    model, blind, queue, provenance, licence, consent. Where there is no verdict, it is made from the emotion and
    what the model says. Words in a file are never taken over.

    Rows that cannot be used are told by line, and the others are stored, all in one transaction: a failure on the way
    leaves nothing behind. Importing a file again adds nothing.

    \b
    Examples:
      tideline label import data/sample/labels.csv.gz
      tideline label import labels.jsonl --report fates.csv
      zcat labels.csv.gz | tideline label import - --as heron --licence "CC BY 4.0" --consent
    """
    from stream.labelling.columns import Defaults

    settings = read_settings()
    defaults = Defaults(name, at, provenance or f"import {_shown(file)}"[:LONGEST_NAME], licence or "unknown", consent)
    terms = _terms(settings, defaults, strict, rehearse)
    engine = open_labels()
    fates = _import(engine, file, terms, show=False if as_json else None)
    engine.dispose()
    if report:
        _write_report(report, fates)
    stored = not (rehearse or (strict and fates.refused))
    if as_json:
        print_json({"stored": stored, **fates.as_dict()})
    else:
        _tell(fates, stored, report)
    if not any(fates.counts[good] for good in ("added", "known", "twice")) or (strict and fates.refused):
        raise click.exceptions.Exit(1)


def _terms(settings: Settings, defaults: "Defaults", strict: bool, rehearse: bool) -> "Terms":
    from stream.labelling.importing import Terms

    ahead = timedelta(minutes=settings.future_minutes)
    return Terms(defaults, datetime.now(UTC), keep_of(settings), ahead, strict, rehearse)


def _shown(file: str) -> str:
    from stream.files import shown

    return shown(file)


def _import(engine: "Engine", file: str, terms: "Terms", show: bool | None) -> "Fates":
    from stream.errors import FileUnreadable
    from stream.files import open_text
    from stream.labelling.columns import COLUMNS, require_columns
    from stream.labelling.files import LabelFile
    from stream.labelling.importing import import_rows
    from stream.labelling.judging import LabelRefused
    from stream.progress import progress_bar

    with open_text(file, click.get_binary_stream("stdin")) as source:
        opened = LabelFile(source)
        if not opened.is_json:
            try:
                require_columns(set(opened.columns), terms.defaults)
            except LabelRefused as refusal:
                raise FileUnreadable(f"{source.name} is no file of labels: {refusal}") from refusal
        strange = [column for column in opened.columns if column not in COLUMNS]
        if strange:
            click.echo(f"note: {source.name} has columns that say nothing here: {', '.join(strange)}", err=True)
        with progress_bar("read", unit=" rows", show=show) as bar:
            return import_rows(engine, opened.rows(), terms, bar)


def _write_report(path: Path, fates: "Fates") -> None:
    import csv
    import io

    from models.writing import written

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([("line", "fate", "why"), *fates.rows])
    written(path, out.getvalue().encode())


def _tell(fates: "Fates", stored: bool, report: Path | None) -> None:
    counts = ", ".join(f"{count:,} {fate}" for fate, count in fates.counts.items() if count)
    click.echo(f"{len(fates.rows):,} rows: {counts or 'none'}")
    for row in fates.refused[:TOLD]:
        click.echo(f"  line {row.line}: {row.fate}: {row.why}")
    if len(fates.refused) > TOLD:
        more = f"  {len(fates.refused) - TOLD:,} more were refused"
        click.echo(f"{more}: see {report}" if report else f"{more}: --report FILE lists them all")
    if fates.wordless:
        click.echo(f"{fates.wordless:,} were stored without words, which have expired: nothing is learned from them")
    if not stored:
        click.echo("nothing was stored")


@click.command()
@click.argument("file", default="-")
@click.option("--format", "kind", type=click.Choice(["csv", "jsonl"]), help="[default: by the name, else csv]")
@click.option("--with-text", is_flag=True, help="Also the words of the posts that labels keep.")
@json_option
def export(file: str, kind: str | None, with_text: bool, as_json: bool) -> None:
    """Write every verdict and every golden post to FILE, or to standard output.

    It holds pseudonyms and post keys, no account names, and words only with --with-text. The file is readable by you
    alone. `tideline label import` reads it back to the same state.

    \b
    Examples:
      tideline label export labels.csv
      tideline label export labels.jsonl.gz --with-text
      tideline label export - --format jsonl | head
    """
    from storage.database import transaction
    from stream.labelling.exporting import Format, export_labels

    chosen: Format = "jsonl" if (kind or _kind(file)) == "jsonl" else "csv"
    engine = open_labels()
    with transaction(engine) as connection:
        count = export_labels(connection, file, chosen, with_text=with_text, now=datetime.now(UTC))
    engine.dispose()
    if file == "-":
        return
    if as_json:
        print_json({"file": file, "format": chosen, "rows": count, "with_text": with_text})
    else:
        click.echo(f"{file}: {count:,} rows")


def _kind(file: str) -> str:
    return "jsonl" if file.removesuffix(".gz").endswith((".jsonl", ".ndjson", ".json")) else "csv"
