"""A threshold for a budget of false alerts, found on validation people only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from alerts.composed.tracks import History
from alerts.evaluation.figures import Counts, counted
from alerts.evaluation.matching import GRACE_DAYS, Outcome, matched
from alerts.evaluation.runs import Run, peak, run, with_threshold
from alerts.rules import Rule

_ENOUGH = 1.2  # times the budget; thresholds below one with that many false alerts need no trying


class Tried(NamedTuple):
    """One threshold and what it brought."""

    threshold: float
    counts: Counts


def outcomes_at(
    rule: Rule,
    histories: Sequence[History],
    threshold: float,
    peaks: Sequence[float] | None = None,
    grace_days: float = GRACE_DAYS,
) -> list[Outcome]:
    """Everybody's outcome at a threshold; with `peaks`, only those run who can be reported at all."""
    changed = with_threshold(rule, threshold)
    tops = peaks or [threshold] * len(histories)
    runs = [
        run(changed, [history])[0] if top >= threshold else Run(history.person, (), history.moments)
        for history, top in zip(histories, tops, strict=True)
    ]
    return [matched(each, rule.options.emotion, grace_days) for each in runs]


def candidates(rule: Rule, count: int = 28) -> list[float]:
    """Thresholds from half to 4 times the rule's own, in equal ratios, three digits each."""
    own = rule.options.threshold
    return sorted({float(f"{value:.3g}") for value in np.geomspace(0.5 * own, 4 * own, count)})


def sweep(
    rule: Rule,
    histories: Sequence[History],
    days: int,
    thresholds: Sequence[float],
    most_false: float = float("inf"),
    grace_days: float = GRACE_DAYS,
) -> list[Tried]:
    """Each threshold run from the start, highest first, until false alerts are far beyond `most_false` a year."""
    peaks = [peak(rule, history) for history in histories]
    tried = []
    for threshold in sorted(thresholds, reverse=True):
        counts = counted(outcomes_at(rule, histories, threshold, peaks, grace_days), days)
        tried.append(Tried(threshold, counts))
        if counts.false_per_year > _ENOUGH * most_false:
            break
    return tried


def tuned(tried: Sequence[Tried], budget: float) -> Tried:
    """The highest F1 within the budget, the higher threshold where two are equal; else the one with fewest false."""
    allowed = [each for each in tried if each.counts.false_per_year <= budget]
    if allowed:
        return max(allowed, key=lambda each: (each.counts.f1, each.threshold))
    return min(tried, key=lambda each: (each.counts.false, -each.threshold))
