"""`tideline retrain`: a challenger from what people said of posts, measured beside the champion."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stream.output import json_option, print_json, print_lines
from stream.replay_options import Moment
from stream.settings import read_settings

if TYPE_CHECKING:
    from stream.retraining.run import Outcome


@click.command("retrain")
@click.option("--model", default="", metavar="NAME", help="The champion to challenge. [default: what is in use]")
@click.option("--language", default="", metavar="CODE", help="Whose labels. [default: the one with the most]")
@click.option("--out", type=click.Path(path_type=Path), help="The folder to write. [default: among your models]")
@click.option("--since", type=Moment(), help="Only what was judged from this time on.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="The source of chance.")
@click.option(
    "--copies", type=click.IntRange(1, 50), default=3, show_default=True, help="How often a label counts beside a row."
)
@click.option(
    "--base", type=click.IntRange(min=0), default=0, show_default="all", help="How many rows of the old data to mix in."
)
@click.option(
    "--confidence",
    "least",
    type=click.FloatRange(0, 1),
    default=0.6,
    show_default=True,
    help="How likely a label must be right to be learned from.",
)
@click.option("--fresh", is_flag=True, help="Train from the start instead of from the champion's weights.")
@click.option("--unweighted", is_flag=True, help="Believe every labeller alike: only to see what that would do.")
@click.option("--no-alerts", is_flag=True, help="Do not measure alerts; the record says so.")
@click.option("--resume", is_flag=True, help="Go on where a retraining with the same labels was interrupted.")
@click.option("--again", is_flag=True, help="Also when these very labels were learned from before.")
@click.option("--dry-run", is_flag=True, help="Only count the labels and say what would be done.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@json_option
def retrain_command(unweighted: bool, no_alerts: bool, as_json: bool, **said: Any) -> None:
    """Train a challenger from labelled posts, and compare it with the model in use.

    Only labels given with consent are used, of people who have not opted out and whose words are still kept. Some
    people are held out for good, and the newest of their labels only measure. The labels are mixed with the data
    that the champion learned from; its test sets are never learned from. The challenger joins your models with a
    record of the comparison and a page, report.html. It is not put in use: `tideline models promote` does that.

    A run that is killed leaves nothing half done: start it again, with --resume to go on where it was. It ends with
    0 also when there is nothing new to learn, so that it can be started by cron.

    \b
    Examples:
      tideline retrain --dry-run
      tideline retrain
      tideline retrain --language ko --model grams-ko-1
      tideline retrain --since 2025-04-01 --copies 5 --seed 2 --json
      tideline retrain --quiet --resume >> retrain.log   from cron
    """
    from storage.migrate import require_newest
    from stream.retraining.run import retrain
    from stream.retraining.wish import Wish
    from stream.wiring import limit_threads, open_engine

    settings = read_settings()
    wish = Wish(weighted=not unweighted, alerts=not no_alerts, **said)
    engine = open_engine(settings)
    require_newest(engine)
    limit_threads(settings)
    try:
        outcome = retrain(settings, engine, wish, datetime.now(UTC), _teller(as_json or wish.quiet))
    finally:
        engine.dispose()
    if as_json:
        print_json(_summary(outcome))
    else:
        _tell(outcome)


def _teller(silent: bool) -> Any:
    return (lambda _: None) if silent else (lambda sentence: click.echo(f"note: {sentence}", err=True))


def _summary(outcome: "Outcome") -> dict[str, Any]:
    decision = outcome.decision
    return {
        "language": outcome.language,
        "champion": outcome.champion,
        "labels": outcome.account,
        "nothing_made": outcome.why or None,
        "folder": str(outcome.folder) if outcome.folder else None,
        "decision": asdict(decision) if decision else None,
    }


def _tell(outcome: "Outcome") -> None:
    from stream.retraining.words import HEADLINES, account_lines, next_step

    click.echo(f"labels in {outcome.language} for {outcome.champion}")
    print_lines(dict(account_lines(outcome.account)))
    decision = outcome.decision
    if decision is None or outcome.folder is None:
        click.echo(outcome.why)
        return
    click.echo(f"{decision.challenger} is in {outcome.folder}; see report.html there")
    click.echo(HEADLINES[decision.verdict])
    for reason in decision.reasons:
        click.echo(f"  - {reason}")
    click.echo(next_step(decision, outcome.folder.name))
