"""`tideline rules`: check, show and try the alert rules."""

import sys
from pathlib import Path
from typing import Any

import click

from stream.dry_options import posts_options, run_on_posts
from stream.output import json_option, print_json
from stream.settings import read_settings

FILE = click.Path(path_type=Path)


@click.group()
def rules() -> None:
    """Check, show and try the alert rules.

    A worker reads its rules when it starts and keeps them: after a change, check the file, try it (`tideline rules
    test`, `tideline backtest`), and start all workers again together, because one that runs another version of a
    rule drops what that rule has learned. A rule with `shadow = true` runs and is stored, but is never sent; to
    end such a trial, take the line away and start the workers again: what it learned stays.
    """


@rules.command()
@click.argument("file", required=False, type=FILE)
@json_option
def check(file: Path | None, as_json: bool) -> None:
    """Check FILE, or the rules in use (TIDELINE_RULES, else the shipped ones); exit code 1 if wrong.

    Every fault is told with its line and what to do about it.

    \b
    Examples:
      tideline rules check
      tideline rules check mine.toml --json
    """
    from alerts.errors import RulesInvalid
    from alerts.rules import load_rules

    try:
        found = load_rules(file or read_settings().rules)
    except RulesInvalid as error:
        _tell_faults(error, file, as_json)
        sys.exit(1)
    report = {"ok": True, "rules": len(found.all), "version": found.version}
    if as_json:
        print_json(report)
    else:
        click.echo(f"ok: {len(found.all)} rules, version {found.version}")


def _tell_faults(error: Any, file: Path | None, as_json: bool) -> None:
    if as_json:
        faults = [{"line": fault.line, "field": fault.field, "says": fault.says} for fault in error.faults]
        print_json({"ok": False, "faults": faults or [{"line": None, "field": "file", "says": str(error)}]})
        return
    for fault in error.faults:
        click.echo(f"tideline: {file or read_settings().rules or 'rules.toml'}, {fault}", err=True)
    if not error.faults:
        click.echo(f"tideline: {error}", err=True)


@rules.command()
@click.argument("file", required=False, type=FILE)
@json_option
def show(file: Path | None, as_json: bool) -> None:
    """Show FILE, or the rules in use: each with its version and numbers, and which worker runs which version.

    Where a textbook knows it, it also says after how many calm periods (a person's hours, a channel's five
    minutes) a false alert comes on average.

    \b
    Examples:
      tideline rules show
      tideline rules show mine.toml --json
    """
    from alerts.rules import load_rules
    from stream.rules_shown import shown_rules, tell_rules
    from stream.workers_shown import read_workers

    settings = read_settings()
    found = load_rules(file or settings.rules)
    workers = read_workers(settings)
    if as_json:
        print_json(shown_rules(found, workers))
    else:
        tell_rules(found, workers)


@rules.command()
@click.argument("file", type=FILE)
@posts_options
@json_option
def test(file: Path, files: tuple[str, ...], as_json: bool, **options: str | None) -> None:
    """Tell which alerts the rules in FILE would raise, per rule, day and severity. Writes and sends nothing.

    Runs on the stored points, in one snapshot while workers go on; or, with --csv, on files that need not have
    been replayed: they are scored with the model in use (TIDELINE_MODEL), without a broker.

    \b
    Examples:
      tideline rules test mine.toml
      tideline rules test mine.toml --csv tweets.csv
      TIDELINE_MODEL=keywords tideline rules test mine.toml --csv posts.jsonl --json
    """
    from alerts.rules import load_rules
    from stream.trial import tell_trial, trial

    found = load_rules(file)
    (run,) = run_on_posts([found], files, quiet=as_json, **options)
    if as_json:
        print_json(trial(found, run))
    else:
        tell_trial(found, run)
