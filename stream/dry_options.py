"""The options of commands that try rules without writing: on which posts."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from alerts.rules import Rules
from stream.dry_run import DryRun, run_on_files, run_on_points
from stream.files import STDIN
from stream.settings import read_settings

F = TypeVar("F", bound=Callable[..., Any])
_OPTIONS = [
    click.option(
        "--csv",
        "files",
        multiple=True,
        metavar="FILE",
        help="Try on the posts of this file (CSV or JSONL; may be repeated).  [default: the stored points]",
    ),
    click.option("--map", "mapping", metavar="FIELD=COLUMN,…", help="With --csv: as for `tideline replay`."),
    click.option("--source", metavar="NAME", help="With --csv: where the posts are from."),
    click.option("--channel", metavar="NAME", help="With --csv: the community of posts that name none."),
]


def posts_options(command: F) -> F:
    """Add the options that say on which posts; they arrive under the names `run_on_posts` takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def run_on_posts(plan: Sequence[Rules], files: tuple[str, ...], *, quiet: bool, **options: str | None) -> list[DryRun]:
    """The dry runs that the command line asks for, one for each of these rules, all on the same posts."""
    given = {name: value for name, value in options.items() if value is not None}
    if given and not files:
        raise click.UsageError(f"--{next(iter(given)).replace('mapping', 'map')} goes with --csv FILE: name one")
    if STDIN in files and len(plan) > 1:
        raise click.UsageError("these rules differ about the whole community and read the posts twice: give a file")
    if files:
        return run_on_files(read_settings(), plan, files, quiet=quiet, **given)
    return run_on_points(read_settings(), plan, quiet=quiet)
