"""`tideline report`: the trends of people alerted on and of communities, as one HTML page."""

from datetime import UTC, datetime
from pathlib import Path

import click

from stream.output import json_option, print_json
from stream.replay_options import Moment
from stream.settings import read_settings


@click.command()
@click.option("--since", type=Moment(), help="Only posts and alerts from this time on.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("report.html"),
    show_default=True,
    help="The file to write.",
)
@json_option
def report(since: datetime | None, out: Path, as_json: bool) -> None:
    """Write one HTML page with trend charts of the people alerted on, communities, alerts and counts.

    The page needs no network and runs no script. It holds pseudonyms and scores, no words of a post and no
    account names; still, treat it as a case file: it is written readable by you alone.

    \b
    Examples:
      tideline report
      tideline report --since 2025-04-01 --out april.html
    """
    from storage.migrate import require_newest
    from stream.report.write import write_report
    from stream.wiring import open_engine

    engine = open_engine(read_settings())
    require_newest(engine)
    size = write_report(engine, out, since=since, now=datetime.now(UTC))
    engine.dispose()
    if as_json:
        print_json({"report": str(out), "bytes": size})
    else:
        click.echo(f"{out} ({size / 1024:,.0f} kB): open it in a browser")
