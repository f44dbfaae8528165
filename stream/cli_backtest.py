"""`tideline backtest`: what would change with other rules."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from stream.dry_options import posts_options, run_on_posts
from stream.output import json_option, print_json
from stream.replay_options import Moment
from stream.settings import read_settings

FILE = click.Path(path_type=Path)


@click.command()
@click.option("--rules", "new", type=FILE, required=True, help="The new rules.")
@click.option("--against", "current", type=FILE, help="The rules to compare with.  [default: the rules in use]")
@posts_options
@click.option("--since", type=Moment(), help="Only alerts from this time on; older posts still warm the rules up.")
@click.option("--until", type=Moment(), help="Only alerts before this time.")
@click.option(
    "--within-days",
    type=click.FloatRange(min=0),
    default=14.0,
    show_default=True,
    help="An alert that comes at another time, at most so far away, has moved.",
)
@click.option(
    "--minutes-per-alert",
    type=click.FloatRange(min=0),
    default=10.0,
    show_default=True,
    help="What one alert takes a moderator.",
)
@click.option(
    "--hours-per-day",
    type=click.FloatRange(min=0, min_open=True),
    default=8.0,
    show_default=True,
    help="What moderators work in a day, together.",
)
@json_option
def backtest(
    new: Path,
    current: Path | None,
    files: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    within_days: float,
    minutes_per_alert: float,
    hours_per_day: float,
    as_json: bool,
    **options: str | None,
) -> None:
    """Run new rules and those in use over the same posts: which alerts come, go and move.

    On the stored points, in one read-only snapshot while workers go on, or on files with --csv. Nothing is
    written, and there is no way from here to a webhook. Alerts of one rule name about one person or channel are
    paired. Counts per day and per moderator hour are of what would be sent one by one: not of rules on trial
    (`shadow = true`), nor what a whole community shares.

    \b
    Examples:
      tideline backtest --rules mine.toml
      tideline backtest --rules mine.toml --since 2026-01-01 --json
      tideline backtest --rules b.toml --against a.toml --csv tweets.csv
    """
    from alerts.backtest import plan
    from alerts.rules import load_rules
    from stream.backtest_shown import Question, shown_backtest
    from stream.backtest_told import tell_backtest

    if since and until and since >= until:
        raise click.UsageError("--since lies after --until, so no alert could be between them: exchange them")
    before, after = load_rules(current or read_settings().rules), load_rules(new)
    runs = run_on_posts(plan(before, after), files, quiet=as_json, **options)
    question = Question(before, after, since, until, timedelta(days=within_days), minutes_per_alert, hours_per_day)
    found = shown_backtest(question, runs)
    if as_json:
        print_json(found)
    else:
        tell_backtest(found)
