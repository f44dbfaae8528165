"""`tideline evaluate-alerts`: how good the rules are, on histories of invented people and channels."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson

from alerts.composed.tracks import TRACKS
from models.labels import EMOTIONS
from stream.alert_evaluation.generator_options import generator_numbers, generator_options
from stream.alert_evaluation.parameters import Numbers, Setting, Tracks
from stream.model_choice import model_option
from stream.output import json_option, print_json

_FILE = click.Path(dir_okay=False, path_type=Path)
_TREND, _SPIKE = "trend", "spike"
_BOTH = {"tracks", "budgets", "seeds", "rules", "model", "data", "processes"}


@click.command("evaluate-alerts")
@click.option(
    "--kind", type=click.Choice([_TREND, _SPIKE]), default=_TREND, show_default=True, help="Which rules to measure."
)
@click.option(
    "--emotion",
    "emotions",
    type=click.Choice(EMOTIONS),
    multiple=True,
    help="Only trend rules for this emotion; may be given more than once.  [default: all that have one]",
)
@click.option("--tracks", type=Tracks(), default=",".join(TRACKS), show_default=True, help="Whose scores to use.")
@click.option(
    "--budget",
    "budgets",
    type=click.FloatRange(min=0, max=365, min_open=True),
    multiple=True,
    help="False alerts allowed per user-year, for spikes per channel-month; may be given more than once.  "
    "[default: 0.5 and 0.1, for spikes 1]",
)
@click.option("--seeds", type=Numbers(), default="1,2,3", show_default=True, help="One cohort for each.")
@click.option("--rules", type=_FILE, help="The rules to measure.  [default: the shipped ones]")
@model_option
@click.option(
    "--data",
    default="emotion",
    show_default=True,
    metavar="FILE|NAME",
    help="Labelled texts: a data set known by name, or a file.",
)
@click.option(
    "--grace",
    type=click.FloatRange(min=0, max=90),
    default=7.0,
    show_default=True,
    metavar="DAYS",
    help="How long after a change has ended an alert is still right.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 256),
    default=lambda: os.cpu_count() or 1,
    show_default="one for each core",
    help="How many cohorts to measure at the same time; the figures do not depend on it.",
)
@generator_options
@click.option(
    "--set",
    "settings",
    type=Setting(),
    multiple=True,
    help="For spikes: one number of the channel generator; an unknown name is answered with all of them.",
)
@click.option("--out", type=_FILE, help="Also write the JSON object into this file.")
@json_option
def evaluate_alerts(kind: str, out: Path | None, as_json: bool, **asked: Any) -> None:
    """Measure the rules on invented people whose truth is known: what is found, what is false, how late.

    People are composed from labelled texts that the model did not learn from, with seeded timing: some sink or
    grow afraid, at once or over weeks; others have one bad day, a burst of posts, a surge of joy, a mild shift,
    or were always low. A rule's threshold is tuned on validation people (texts of the validation split) to the
    best F1 within the budget of false alerts, frozen, and scored on test people (texts of the test split).
    Nothing but the threshold is changed; the rule's own one is scored too.

    \b
    Tracks: oracle    the true label of every text, for a model that is never wrong
            model     the scores of --model
            permuted  the same scores dealt out at random: what is still found is luck

    Right is the first alert of the emotion's rule after the onset of a change and until its end and --grace;
    further ones in that time count neither way; every other alert of the rule is false. ERDE costs count posts,
    or days, from the onset.

    With --kind spike the same is done for the channel rules: outbreaks of anger in invented channels, among
    surges of volume or joy, one loud person, slow drifts and lulls. Its generator is changed with --set.

    \b
    Examples:
      tideline evaluate-alerts
      tideline evaluate-alerts --emotion sadness --tracks model --budget .1 --seeds 1
      tideline evaluate-alerts --rules mine.toml --people 2000 --out figures.json
      tideline evaluate-alerts --rate-median 4 --size .2 .4 --decoys .4
      tideline evaluate-alerts --model duo-ko-1 --data kote --emotion sadness
      tideline evaluate-alerts --kind spike --tracks model --set channels=6 --set spike-volume=2:5
    """
    _refuse_the_other_kinds(kind)
    found, lines = (_trends if kind == _TREND else _spikes)(asked, False if as_json else None)
    if out:
        from models.writing import written

        written(out, orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS) + b"\n")
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(lines))


def _trends(asked: dict[str, Any], show: bool | None) -> tuple[dict[str, Any], Iterator[str]]:
    from stream.alert_evaluation.trend_page import page
    from stream.alert_evaluation.trend_report import measured

    given = {name: asked[name] for name in (*_BOTH, "emotions", "grace")}
    found = measured(**given, generator=generator_numbers(asked), show=show)
    return found, page(found)


def _spikes(asked: dict[str, Any], show: bool | None) -> tuple[dict[str, Any], Iterator[str]]:
    from stream.alert_evaluation.spike_page import page
    from stream.alert_evaluation.spike_report import measured

    found = measured(**{name: asked[name] for name in (*_BOTH, "settings")}, show=show)
    return found, page(found)


def _refuse_the_other_kinds(kind: str) -> None:
    """An option that would change nothing is no option."""
    context = click.get_current_context()
    persons = {"emotions", "grace", *generator_numbers(context.params)}
    for name in sorted(persons if kind == _SPIKE else {"settings"}):
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            option = next(each.opts[0] for each in context.command.params if each.name == name)
            other = _TREND if kind == _SPIKE else _SPIKE
            raise click.UsageError(f"{option} is for --kind {other}: leave it out, or measure that kind.")
