"""How often a rule calls somebody who has not changed at all, by threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alerts.composed.options import HistoryOptions
from alerts.composed.people import compose
from alerts.composed.tracks import MODEL, History, Pool, histories
from alerts.evaluation.figures import YEAR
from alerts.evaluation.runs import peak, run, with_threshold
from alerts.rules import Rule


def steady(pool: Pool, options: HistoryOptions, seed: int, track: str = MODEL, language: str = "") -> list[History]:
    """People of the same kind to whom nothing happens."""
    nothing = replace(options, planted=0.0, decoys=0.0)
    return histories(compose(nothing, seed, "validation"), pool, track, seed, language)


def null_rates(rule: Rule, people: Sequence[History], days: int, thresholds: Sequence[float]) -> dict[float, float]:
    """Alerts per user-year of steady people at each threshold."""
    peaks = [(peak(rule, person), person) for person in people]
    years = len(people) * days / YEAR
    return {threshold: _alerts(rule, peaks, threshold) / years for threshold in thresholds}


def _alerts(rule: Rule, peaks: Sequence[tuple[float, History]], threshold: float) -> int:
    reachable = [person for top, person in peaks if top >= threshold]
    return sum(len(each.alerts) for each in run(with_threshold(rule, threshold), reachable))
