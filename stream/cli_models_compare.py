"""`tideline models compare`: what a challenger in shadow makes of the stream, beside the champion."""

from datetime import datetime, timedelta

import click

from stream.durations import Duration, Moment
from stream.output import json_option, print_json


@click.command()
@click.argument("challenger", required=False)
@click.option("--since", type=Moment(), help="Only posts and alerts from this event time on, or so long ago (30d).")
@click.option(
    "--warm-up",
    type=Duration(),
    help="Leave out people's alerts of so long after they entered. Default: 28d where scores are heard raw, else 0.",
)
@json_option
def compare(challenger: str | None, since: datetime | None, warm_up: timedelta | None, as_json: bool) -> None:
    """Show how CHALLENGER (default: the newest trial) differs from the champion on the same people.

    Agreement by language, shifts of the emotions, alerts that only one of them or both raised, with 95 % intervals,
    and both against labelled posts and judged alerts. People are named by pseudonym; nothing is sent, and nothing
    here promotes a model. Alerts match when the same rule raised them about the same person within three days.

    \b
    Examples:
      tideline models compare
      tideline models compare lstm-2 --since 2026-05-01
      tideline models compare --json
    """
    from stream.challenger.comparison import compare as compared
    from stream.challenger.comparison_lines import comparison_lines
    from stream.settings import read_settings
    from stream.stored import snapshot
    from stream.wiring import open_engine

    with snapshot(open_engine(read_settings())) as connection:
        found = compared(connection, challenger, since, warm_up)
    if as_json:
        print_json(found.as_dict())
        return
    for line in comparison_lines(found):
        click.echo(line)
