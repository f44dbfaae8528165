"""`tideline models promote`, `rollback` and `promotions`: changing the model in use with a record of it."""

from typing import TYPE_CHECKING, Any

import click

from stream.output import json_option, print_json
from stream.settings import read_settings

if TYPE_CHECKING:
    from storage.promotions import Promotion
    from stream.promotion.promote import Desk, Promoted


def _said(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not value.strip():
        raise click.BadParameter("say in a few words why, for whoever reads the record")
    return value.strip()


because_option = click.option(
    "--because", required=True, callback=_said, metavar="TEXT", help="Why; it stands in the record."
)


def _desk() -> "Desk":
    from stream.promotion.promote import Desk
    from stream.wiring import open_engine

    settings = read_settings()
    return Desk(settings, open_engine(settings))


@click.command()
@click.argument("name")
@because_option
@click.option("--force", is_flag=True, help="Promote in spite of what speaks against it; the record will say so.")
@click.option(
    "--baselines",
    type=click.Choice(["transfer", "rescore"]),
    help="How people's baselines are carried over.  [default: TIDELINE_BASELINES]",
)
@json_option
def promote(name: str, because: str, force: bool, baselines: Any, as_json: bool) -> None:
    """Put model NAME in use, with people's baselines carried over, and keep a record of it.

    Refused without --force: a model that no decision of `tideline retrain` compares with the one in use, or that
    was found worse on any emotion. A broken model is always refused. Both models score the same texts first (words
    of posts that are still kept, or labelled texts that ship), and from then on detectors hear the new model's
    scores on the scale that baselines are in; stored points keep the scores as they are. With `rescore`, what is
    left between the models for each single person is measured as well.

    Running workers take the model up between two batches. A model for one language takes over that language alone.

    \b
    Examples:
      tideline models promote bilstm-en-2 --because "retrained on 2,000 labels, better on fear"
      tideline models promote my-lstm --because "trial on the test stream" --force
    """
    from stream.wiring import limit_threads

    desk = _desk()
    limit_threads(desk.settings)
    done = desk.promote(name, because, baselines or desk.settings.baselines, force=force)
    if as_json:
        print_json(done.as_dict())
        return
    for line in _lines(done):
        click.echo(line)


@click.command()
@because_option
@json_option
def rollback(because: str, as_json: bool) -> None:
    """Go back to the model that was in use before the last change that is recorded.

    Baselines need nothing: they have stayed on the scale that the earlier model is heard on. Said again, it goes
    back one more.

    \b
    Examples:
      tideline models rollback --because "moderators see too many false alerts about fear"
    """
    done = _desk().rollback(because)
    if as_json:
        print_json(done.as_dict())
        return
    click.echo(f"{done.change.model} is in use again, as before {done.change.previous}")


@click.command("promotions")
@json_option
def list_promotions(as_json: bool) -> None:
    """List every change of the model in use, newest first: who was replaced, why, and whether it was forced.

    A change that was cut short is settled first: the pointer in the models folder says whether it happened.

    \b
    Examples:
      tideline models promotions
      tideline models promotions --json
    """
    history = _desk().history()
    if as_json:
        print_json([_as_dict(promotion) for promotion in reversed(history)])
        return
    if not history:
        click.echo("no change of the model is recorded")
    for promotion in reversed(history):
        click.echo(_line(promotion))


def _lines(done: "Promoted") -> list[str]:
    change = done.change
    lines = [
        f"{change.model} is in use for {', '.join(done.languages)}; running workers take it up with their next batch"
    ]
    lines += [f"forced: {objection}" for objection in change.objections]
    for language, found in done.measured.items():
        figures = found.transfer.figures
        lines.append(
            f"baselines in {language} are carried over: measured on {figures['texts']:,} {_SOURCES[figures['source']]}"
            + (f", and on those of {len(found.offsets):,} single people" if found.offsets else "")
        )
        lines.append(f"  {'':<9}{'old':>6}{'new':>6}{'heard':>7}   mean scores of these texts, in thousandths")
        lines += [
            f"  {name:<9}{means['old']:>6.0f}{means['new']:>6.0f}{means['heard']:>7.0f}"
            for name, means in figures["means"].items()
        ]
    if change.baselines == "kept" and not change.objections:
        lines.append("nothing had to be measured: how its scores are heard is known")
    return lines


_SOURCES = {"retained": "texts of people here", "shipped": "labelled texts that ship, since few words are kept here"}


def _as_dict(promotion: "Promotion") -> dict[str, Any]:
    change = promotion.change
    told = {name: getattr(change, name) for name in type(change).__slots__}
    return {"id": promotion.id, "at": promotion.at, **told, "state": promotion.state}


def _line(promotion: "Promotion") -> str:
    change = promotion.change
    forced = f"  FORCED: {'; '.join(change.objections) or 'nothing spoke against it'}" if change.forced else ""
    undone = "" if promotion.state == "done" else f"  ({promotion.state})"
    return (
        f"{promotion.at:%Y-%m-%d %H:%M}  {change.kind:<8}  {change.model} after {change.previous}: "
        f"{change.because}{undone}{forced}"
    )
