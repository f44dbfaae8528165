"""`tideline drift`: whether what arrives is still what the models learned from, and what it was."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stream.output import json_option, print_json
from stream.replay_options import Moment
from stream.settings import read_settings

if TYPE_CHECKING:
    from storage.drift import DayRow

PAGE = click.Path(dir_okay=False, path_type=Path)
SHOWN_DAYS = 90


@click.group()
def drift() -> None:
    """Watch whether the input changes: abstentions, languages, emotions, lengths and unknown words.

    Everything is counted by people: each person's posts of a day weigh as one, so that no single account can raise
    or hide a change. Days are those of event time, in UTC.
    """


@drift.command()
@json_option
def check(as_json: bool) -> None:
    """Judge the days that have closed since the last check, and tell the operators what changed.

    Each day is held against the 28 days before it (from the eighth day on, with at least 20 people) and against
    what the model of each language learned from. `tideline deliver` does this every hour by itself; running it again
    adds nothing. The message goes to endpoints of operators; what goes on is told once.

    \b
    Examples:
      tideline drift check
      tideline drift check --json
    """
    from storage.migrate import require_newest
    from stream.drift.checking import check as run
    from stream.drift.watching import watch_of
    from stream.wiring import open_engine

    settings = read_settings()
    engine = open_engine(settings)
    require_newest(engine)
    told = run(engine, watch_of(settings), datetime.now(UTC))
    engine.dispose()
    if as_json:
        print_json({"told": [_plain(row) for row in told]})
    elif told:
        click.echo("\n".join(map(_line, told)))
    else:
        click.echo("nothing new: the input is as usual, or no day has closed since the last check")


@drift.command()
@click.option("--since", type=Moment(), help="Only days from this one on.  [default: 90 days before the last]")
@click.option("--until", type=Moment(), help="Only days up to this one.  [default: the last judged]")
@click.option("--out", type=PAGE, help="Write charts into this HTML page instead of printing the last day.")
@json_option
def show(since: datetime | None, until: datetime | None, out: Path | None, as_json: bool) -> None:
    """Show what is known of the input: the last day as a table, or with --out every day as charts.

    \b
    Examples:
      tideline drift show
      tideline drift show --out drift.html
      tideline drift show --since 2025-04-01 --until 2025-05-01 --json
    """
    rows = _rows(since, until)
    if out is not None:
        _write(out, rows)
    if as_json:
        print_json({"days": [_plain(row) for row in rows], "page": str(out) if out else None})
    elif out is not None:
        click.echo(f"{out}: open it in a browser")
    else:
        _print_last(rows)


@drift.command()
@click.argument("model")
@json_option
def fit(model: str, as_json: bool) -> None:
    """Write down what a model's training rows look like, beside the model, for days to be held against.

    The shipped models have this already. Its data sets must be readable where they were when it was trained. The
    version of the model stays as it is: no score depends on the file.

    \b
    Examples:
      tideline drift fit lstm-1
    """
    from models.drift.learned import profile_as_trained
    from models.drift.profile import FILE, write_profile
    from models.load import folder_of
    from models.saved import read_manifest

    folder = folder_of(model, read_settings().models_folder)
    profile = profile_as_trained(read_manifest(folder))
    write_profile(folder / FILE, profile)
    if as_json:
        print_json({"file": str(folder / FILE), "rows": profile.rows, "language": profile.language})
    else:
        click.echo(f"{folder / FILE}: {profile.rows:,} rows in {profile.language}")


def _rows(since: datetime | None, until: datetime | None) -> "list[DayRow]":
    from storage.database import transaction
    from storage.drift import last_day, read_days
    from storage.migrate import require_newest
    from stream.wiring import open_engine

    engine = open_engine(read_settings())
    require_newest(engine)
    with transaction(engine) as connection:
        last = until.astimezone(UTC).date() if until else last_day(connection) or date.today()
        first = since.astimezone(UTC).date() if since else last - timedelta(days=SHOWN_DAYS - 1)
        found = read_days(connection, first, last + timedelta(days=1))
    engine.dispose()
    return found


def _write(out: Path, rows: "list[DayRow]") -> None:
    from models.writing import written
    from stream.drift.page import render

    written(out, render(rows).encode())


def _print_last(rows: "list[DayRow]") -> None:
    if not rows:
        click.echo("no day of that time has been judged: run `tideline drift check`, or ask for other days")
        return
    last = [row for row in rows if row.day == rows[-1].day]
    click.echo(f"{last[0].day}  {'':<22} {'value':>8} {'usual':>8} {'people':>7}")
    for row in sorted(last, key=lambda row: (not row.drifted, row.measure, row.part)):
        click.echo(_line(row))


def _line(row: "DayRow") -> str:
    from stream.drift.page import value_words

    value, usual = value_words(row)
    note = "  changed" if row.drifted else ""
    return f"{row.day}  {f'{row.measure} {row.part}':<22} {value:>8} {usual:>8} {row.people:>7,}{note}"


def _plain(row: "DayRow") -> dict[str, Any]:
    value, usual = row.shown
    return {
        "day": row.day.isoformat(),
        "measure": row.measure,
        "part": row.part,
        "people": row.people,
        "value": value,
        "usual": usual,
        "q": row.q,
        "drifted": row.drifted,
        "told": row.told,
    }
