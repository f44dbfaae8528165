"""`tideline report`: the dashboards, or one model, as one HTML page."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from stream.output import json_option, print_json
from stream.replay_options import Moment
from stream.report.wanted import Wanted
from stream.settings import read_settings

_PAGE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("model", required=False)
@click.option("--since", type=Moment(), help="Without MODEL: from this time on.  [default: the first post]")
@click.option("--until", type=Moment(), help="Without MODEL: up to this time.  [default: the last post]")
@click.option(
    "--channel", "channels", multiple=True, metavar="NAME", help="Without MODEL: charts of this channel alone."
)
@click.option("--no-people", is_flag=True, help="Without MODEL: leave out the people alerted on.")
@click.option("--out", type=_PAGE, help="The file to write.  [default: report.html, or MODEL.html]")
@click.option("--data", metavar="FILE|NAME", help="With MODEL: measure on this.  [default: what it was trained on]")
@click.option("--png", "pngs", type=_FOLDER, help="With MODEL: also write its pictures into this folder.")
@click.option("--against", multiple=True, metavar="NAME", help="With MODEL: compare with this one.  [default: all]")
@json_option
def report(
    model: str | None,
    since: datetime | None,
    until: datetime | None,
    channels: tuple[str, ...],
    no_people: bool,
    out: Path | None,
    data: str | None,
    pngs: Path | None,
    against: tuple[str, ...],
    as_json: bool,
) -> None:
    """Write one HTML page: the dashboards of the stream, or, with MODEL, everything known of a model.

    Without MODEL, it draws what the Grafana dashboards draw, from the same questions and with the same rights:
    communities, alerts, operations, models, and the people alerted on. Groups of too few people are left out. It
    holds pseudonyms and scores, no words of a post and no account names; still, treat it as a case file: it is
    written readable by you alone. --no-people makes a page without anything about any person.

    With MODEL, it shows how a model was trained and how it does on test rows: curves, labels, confusion,
    calibration, thresholds, characteristic words, and every other model on the same rows. It holds single words
    of the labelled data and no text. Large models take minutes.

    Either page needs no network and runs no script.

    \b
    Examples:
      tideline report
      tideline report --since 2025-04-01 --until 2025-05-01 --out april.html
      tideline report --no-people --channel night-trains
      tideline report default
      tideline report bilstm-en-1 --data emotion --against keywords --png pictures
    """
    if model is None:
        _require_none({"--data": data, "--png": pngs, "--against": against}, "goes with a MODEL: name one.")
        wanted = Wanted(since, until, channels, people=not no_people)
        _require_order(wanted)
        written = _stream_page(wanted, out or Path("report.html"))
    else:
        of_stream = {"--since": since, "--until": until, "--channel": channels, "--no-people": no_people}
        _require_none(of_stream, "is for the report of the stream: leave it out, or leave out MODEL.")
        written = _model_page(model, out, data, pngs, against)
    if as_json:
        print_json(written)
    else:
        _tell(written)


def _require_none(options: Mapping[str, object], why: str) -> None:
    for name, value in options.items():
        if value:
            raise click.UsageError(f"{name} {why}")


def _require_order(wanted: Wanted) -> None:
    if wanted.since and wanted.until and wanted.since >= wanted.until:
        raise click.UsageError("--until must be later than --since.")


def _stream_page(wanted: Wanted, out: Path) -> dict[str, object]:
    from storage.migrate import require_newest
    from stream.report.write import write_report
    from stream.wiring import open_engine

    engine = open_engine(read_settings())
    require_newest(engine)
    written = write_report(engine, out, wanted, now=datetime.now(UTC))
    engine.dispose()
    missing = [f"{title} could not be drawn: `tideline dashboards check` says why" for title in written.failed]
    return {"report": str(out), "bytes": written.size, "missing": missing}


def _model_page(
    model: str, out: Path | None, data: str | None, pngs: Path | None, against: tuple[str, ...]
) -> dict[str, object]:
    from models.page.write import write_page
    from stream.report.style import style

    registry = read_settings().models_folder
    now = datetime.now(UTC)
    page = write_page(model, style(), now, out=out, pngs=pngs, data=data, against=against, registry=registry)
    return {
        "report": str(page.page),
        "bytes": page.size,
        "pictures": [str(path) for path in page.pictures],
        "missing": list(page.missing),
    }


def _tell(written: dict[str, object]) -> None:
    for sentence in cast("list[str]", written.get("missing", [])):
        click.echo(f"note: {sentence}", err=True)
    click.echo(f"{written['report']} ({cast(int, written['bytes']) / 1024:,.0f} kB): open it in a browser")
