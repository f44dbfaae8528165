"""`tideline demo`: everything at once, on a bundled sample, on this machine alone."""

import logging
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from stream.output import json_option, print_json

CHECK_FAILED = 1


@click.command()
@click.option(
    "--fresh/--keep", default=False, help="Delete the demo's data and start over, or keep it.  [default: keep]"
)
@click.option("--keep-running", is_flag=True, help="Leave Postgres and the broker running at the end.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".tideline/demo"),
    show_default=True,
    help="The demo's own folder; never one with data of yours.",
)
@click.option("--workers", type=click.IntRange(1, 4), default=2, show_default=True, help="Worker processes.")
@json_option
def demo(fresh: bool, keep_running: bool, data_dir: Path, workers: int, as_json: bool) -> None:
    """Show everything at once: 26,000 posts of invented people become scores, series, alerts and webhooks.

    Starts an embedded Postgres and broker, replays the bundled sample through a worker with the trained
    model, delivers signed webhooks to a receiver on 127.0.0.1, computes everything a second time to compare,
    writes an HTML report, and ends with a page that says what was found and what was missed. About a
    minute. Nothing leaves this machine, and no setting or data of yours is used; TIDELINE_MODEL and
    TIDELINE_RULES may choose another model and other rules.

    Run it twice: the second run stores nothing twice. Exit code 1 when a check fails.
    """
    from stream.demo.page import page
    from stream.demo.run import DemoOptions, run_demo
    from stream.sample import SAMPLE, TRUTH

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for noisy in ("kafka", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    show = False if as_json else None
    options = DemoOptions(data_dir, SAMPLE, TRUTH, fresh, keep_running, workers, show)
    with _interruptible():
        result = run_demo(options)
    if as_json:
        print_json(result.as_dict())
    else:
        click.echo(page(result, _program()))
    sys.exit(0 if result.ok else CHECK_FAILED)


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does: what was started is stopped."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nstopped; the same command goes on with what is stored already", err=True)
        sys.exit(130)
    finally:
        signal.signal(signal.SIGTERM, before)


def _program() -> str:
    """How the reader can call tideline: by its name if the shell finds it, else as it was called now."""
    if shutil.which("tideline"):
        return "tideline"
    called = Path(sys.argv[0])
    return os.path.relpath(called) if called.name == "tideline" else f"{os.path.relpath(sys.executable)} -m stream.cli"
