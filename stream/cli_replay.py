"""`tideline replay`: files of posts into Kafka."""

import json
from typing import Any

import click

from stream.csv import describe
from stream.errors import SettingsInvalid
from stream.replay import replay
from stream.replay_options import Speed, build_options, file_options
from stream.sequence import ReplayOptions
from stream.settings import Settings, read_settings


@click.command("replay")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@file_options
@click.option(
    "--speed",
    type=Speed(),
    default="max",
    show_default=True,
    help="Keep the original gaps, this many times faster: 1 is as it was, 60 an hour in a minute.",
)
@click.option("--rate", type=click.FloatRange(min=0), default=0.0, metavar="N", help="At most N posts a second.")
@click.option("--dry-run", is_flag=True, help="Send nothing; show what each file is taken for and three posts.")
@click.option("--restart", is_flag=True, help="Start over, though an earlier replay was interrupted.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")
@click.option("--progress/--no-progress", default=None, help="Draw progress bars. [default: on a terminal]")
def replay_command(
    files: tuple[str, ...],
    speed: float,
    rate: float,
    dry_run: bool,
    restart: bool,
    as_json: bool,
    progress: bool | None,
    **meaning: Any,
) -> None:
    """Send the posts of FILE... to Kafka, as if they were being written now.

    FILE is CSV, TSV or JSON lines, plain or gzip, or - for stdin. Sentiment140, CrowdFlower text_emotion,
    dair-ai emotion, GoEmotions, Twitter API v1 and v2 and Tideline's own posts are recognised by what is in
    them; other files by the names of their columns, or by --map. Look first with --dry-run.

    \b
    Examples:
      tideline replay --dry-run tweets.csv
      tideline replay --speed 3600 tweets.csv.gz           an hour in a second
      tideline replay --map text=body,user=nick,time=when forum.csv
      tideline replay --map text=4,user=2 --rate 500 plain.tsv
      zcat posts.jsonl.gz | tideline replay --sort -

    A row that cannot be read goes to the dead letters with its file and line; the rest goes on. Interrupted
    (Ctrl-C), the replay says so, and the same command goes on where it stopped. Nothing is stored twice: the
    worker knows the posts it has.
    """
    settings = read_settings()
    options = build_options(settings, speed=speed, rate=rate, **meaning)
    if dry_run:
        _show_guesses(files, options, as_json)
        return
    show = False if as_json and progress is None else progress
    summary = replay(_with_broker(settings), files, options, show=show, restart=restart)
    click.echo(json.dumps(summary.as_dict()) if as_json else "\n".join(summary.lines()))
    click.get_current_context().exit(summary.exit_code)


def _with_broker(settings: Settings) -> Settings:
    if not settings.kafka:
        raise SettingsInvalid("no kafka is configured: run `tideline up` for embedded services, or set TIDELINE_KAFKA")
    return settings


def _show_guesses(files: tuple[str, ...], options: ReplayOptions, as_json: bool) -> None:
    guesses = [describe(path, options.mapping, options.fill) for path in files]
    if as_json:
        click.echo(json.dumps([guess.as_dict() for guess in guesses], ensure_ascii=False))
        return
    for guess in guesses:
        click.echo("\n".join(guess.lines()))
