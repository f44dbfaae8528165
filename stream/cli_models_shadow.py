"""`tideline models shadow`: let a challenger score a share of the stream, seen by nobody."""

from typing import Any

import click

from stream.output import json_option, print_json, print_lines
from stream.settings import read_settings


@click.command()
@click.argument("name", required=False)
@click.option(
    "--share",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.1,
    show_default=True,
    help="Of the people whose posts it scores.",
)
@click.option("--raw", is_flag=True, help="Hear its scores as they are, instead of on the scale of the baselines.")
@click.option("--off", is_flag=True, help="End the trial that runs; what it found stays to be compared.")
@json_option
def shadow(name: str | None, share: float, raw: bool, off: bool, as_json: bool) -> None:
    """Let model NAME also score the posts of a share of the people, in shadow; without NAME, show what runs.

    Running workers take it up between two batches, wherever they run; a machine that lacks the model says so in
    `tideline status` and goes on without. People are chosen by a hash of their pseudonym, so that each one's series
    is whole. The rules run over its scores too, beginning with what they remember of each person. Nobody is told of
    what they find, and nothing else changes: `tideline models compare` shows it.

    A challenger that fails, is missing or takes too long (TIDELINE_SHADOW_SECONDS a batch) is left out, and said so.
    Another share, or the same model again, is another trial and begins anew. Channels and the community are not
    compared: a share of the people does not make a channel.

    \b
    Examples:
      tideline models shadow lstm-2                  a tenth of the people
      tideline models shadow lstm-2 --share 1        everybody; costs as much again as the model does
      tideline models shadow                         what runs, and how it fares in each worker
      tideline models shadow --off
    """
    if off and name:
        raise click.UsageError("give NAME to begin a trial, or --off to end the one that runs, not both")
    if off:
        _end(as_json)
    elif name:
        _begin(name, share, raw, as_json)
    else:
        _show(as_json)


def _begin(name: str, share: float, raw: bool, as_json: bool) -> None:
    from stream.challenger.beginning import begin
    from stream.wiring import limit_threads, open_engine

    settings = read_settings()
    limit_threads(settings)
    begun = begin(settings, open_engine(settings), name, share, transfer=not raw)
    if as_json:
        print_json(begun.as_dict())
        return
    trial = begun.trial
    against = ", ".join(f"{language} {version}" for language, version in sorted(begun.against.items()))
    click.echo(f"{trial.challenger} scores for {share:.4g} of the people beside {against}, from the next batch on")
    if not raw and set(trial.transfer or {}) != set(begun.against):
        click.echo("note: too few texts to measure its scale in every language; `compare` leaves out the first weeks")


def _end(as_json: bool) -> None:
    from storage.challenger import end_trial
    from storage.database import transaction
    from stream.wiring import open_engine

    with transaction(open_engine(read_settings())) as connection:
        ended = end_trial(connection)
    if as_json:
        print_json({"ended": ended})
    else:
        click.echo("the trial is over; `tideline models compare` shows it" if ended else "no challenger was scoring")


def _show(as_json: bool) -> None:
    found = _found()
    if as_json:
        print_json(found)
    elif found["trial"] is None:
        click.echo("no challenger scores: begin with `tideline models shadow NAME --share 0.1`")
    else:
        print_lines(found["trial"])
        for worker in found["workers"]:
            click.echo(f"  worker {worker['host']} {worker['pid']}: {worker['told']}")


def _found() -> dict[str, Any]:
    from storage.challenger import running_trial
    from storage.database import transaction
    from storage.workers import live_workers
    from stream.challenger.standing import told
    from stream.wiring import open_engine

    with transaction(open_engine(read_settings())) as connection:
        trial, workers = running_trial(connection), live_workers(connection)
    if trial is None:
        return {"trial": None, "workers": []}
    return {
        "trial": {
            "challenger": trial.challenger,
            "share": trial.share,
            "since": trial.began_at.isoformat(),
            "scale": "of the baselines" if trial.transfer else "its own",
        },
        "workers": [
            {
                "host": worker.host,
                "pid": worker.pid,
                "challenger": worker.challenger,
                "told": told(worker.challenger) if worker.challenger else "has not taken it up yet",
            }
            for worker in workers
        ],
    }
