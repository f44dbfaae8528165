"""How good a trend rule is: thresholds tuned on composed validation people, frozen, scored on test people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import fmean
from typing import Any

from alerts.composed.options import HistoryOptions
from alerts.composed.people import compose
from alerts.composed.tracks import TRACKS, History, Pool, histories
from alerts.evaluation.figures import Figures, figures
from alerts.evaluation.matching import GRACE_DAYS
from alerts.evaluation.spread import spread
from alerts.evaluation.tuning import candidates, outcomes_at, sweep, tuned
from alerts.rules import Rule

_MEANS = (
    *("threshold", "precision", "recall", "f1", "false_per_user_year"),
    *("erde5", "erde50", "erde_7_days", "erde_28_days", "latency_f1"),
)


@dataclass(frozen=True)
class Pools:
    """Scores of the texts of the two splits: thresholds see the first only."""

    validation: Pool
    test: Pool
    language: str = ""  # of all texts: each language has a population prior of its own


@dataclass(frozen=True)
class Plan:
    """What is measured."""

    options: HistoryOptions = field(default_factory=HistoryOptions)
    seeds: tuple[int, ...] = (1, 2, 3)
    tracks: tuple[str, ...] = TRACKS
    budgets: tuple[float, ...] = (0.5, 0.1)
    grace_days: float = GRACE_DAYS
    thresholds: tuple[float, ...] = ()  # to choose from; without any, ratios of the rule's own


@dataclass(frozen=True)
class Row:
    """One rule on one track with one budget (None: the rule's own threshold), for each seed."""

    rule: str
    emotion: str
    track: str
    budget: float | None
    seeds: dict[int, Figures]

    @property
    def mean(self) -> dict[str, float]:
        """The mean over the seeds of what can be averaged."""
        return {name: round(fmean(getattr(each, name) for each in self.seeds.values()), 4) for name in _MEANS}

    def as_dict(self) -> dict[str, Any]:
        named = {"rule": self.rule, "emotion": self.emotion, "track": self.track, "budget": self.budget}
        return named | {"mean": self.mean, "seeds": {seed: each.as_dict() for seed, each in self.seeds.items()}}


def evaluate(
    rules: Sequence[Rule],
    pools: Pools,
    plan: Plan | None = None,
    tell: Callable[[], None] = lambda: None,
    processes: int = 1,
) -> list[Row]:
    """Every rule on every track with every budget. `tell` is called after each track and seed."""
    plan = plan or Plan()
    cells = [(track, seed) for track in plan.tracks for seed in plan.seeds]
    rows: dict[tuple[str, str, float | None], dict[int, Figures]] = {}
    with spread(processes) as over:
        for (track, seed), found in zip(cells, over(partial(_cell, rules, pools, plan), cells), strict=True):
            for rule, budgets in zip(rules, found, strict=True):
                for budget, each in budgets.items():
                    rows.setdefault((rule.options.name, track, budget), {})[seed] = each
            tell()
    emotions = {rule.options.name: rule.options.emotion for rule in rules}
    return [Row(rule, emotions[rule], track, budget, each) for (rule, track, budget), each in rows.items()]


def cohorts(pools: Pools, options: HistoryOptions, track: str, seed: int) -> tuple[list[History], list[History]]:
    """Validation people with texts of the validation split, and test people with texts of the test split."""
    known = histories(compose(options, seed, "validation"), pools.validation, track, seed, pools.language)
    return known, histories(compose(options, seed, "test"), pools.test, track, seed, pools.language)


def _cell(rules: Sequence[Rule], pools: Pools, plan: Plan, cell: tuple[str, int]) -> list[dict[float | None, Figures]]:
    """One track and seed: for each rule its figures at the threshold of each budget and at its own."""
    track, seed = cell
    known, unseen = cohorts(pools, plan.options, track, seed)
    return [_frozen(rule, known, unseen, plan, seed) for rule in rules]


def _frozen(
    rule: Rule, known: list[History], unseen: list[History], plan: Plan, seed: int
) -> dict[float | None, Figures]:
    days = plan.options.days
    tries = sweep(rule, known, days, plan.thresholds or candidates(rule), max(plan.budgets), plan.grace_days)
    chosen: dict[float | None, float] = {budget: tuned(tries, budget).threshold for budget in plan.budgets}
    chosen[None] = rule.options.threshold
    scored = {at: _scored(rule, unseen, at, plan, seed) for at in set(chosen.values())}
    return {budget: scored[at] for budget, at in chosen.items()}


def _scored(rule: Rule, unseen: list[History], threshold: float, plan: Plan, seed: int) -> Figures:
    found = outcomes_at(rule, unseen, threshold, grace_days=plan.grace_days)
    return figures(found, threshold, plan.options.days, seed)
