"""Trend rules measured from a command's options: one JSON object with all that it takes to repeat it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from alerts.composed.options import HistoryOptions
from alerts.errors import AlertError
from alerts.evaluation.trends import Plan, evaluate
from alerts.priors import shipped_priors
from alerts.rules import SHIPPED, Rule, load_rules
from models.labels import EMOTIONS
from stream.alert_evaluation.pools import described, load_pools
from stream.alert_evaluation.texts import ENOUGH, Texts, load_texts
from stream.model_choice import chosen_model
from stream.progress import progress_bar
from stream.settings import read_settings

BUDGETS = (0.5, 0.1)  # false alerts per user-year
_FEWEST = 5
_USUAL = HistoryOptions().emotions


def measured(
    *,
    emotions: tuple[str, ...],
    tracks: tuple[str, ...],
    budgets: tuple[float, ...],
    seeds: tuple[int, ...],
    rules: Path | None,
    model: str,
    data: str,
    grace: float,
    processes: int,
    generator: dict[str, Any],
    show: bool | None,
) -> dict[str, Any]:
    """Everything that was measured, and everything needed to measure it again."""
    began = time.monotonic()
    asked = HistoryOptions(**generator, emotions=())
    chosen = _trend_rules(rules, emotions)
    classifier = chosen_model(model)
    texts = load_texts(data, classifier)
    options, notes = _fitted(asked, chosen, texts)
    plan = Plan(options, seeds, tracks, budgets or BUDGETS, grace)
    pools = load_pools(texts, classifier, read_settings().data_dir)
    with progress_bar("measured", len(tracks) * len(seeds), " cohorts", show=show) as bar:
        rows = evaluate(chosen, pools, plan, bar.advance, min(processes, len(tracks) * len(seeds)))
    return {
        "kind": "trend",
        "model": classifier.version,
        "rules": {"file": str(rules or SHIPPED), "versions": {rule.options.name: rule.version for rule in chosen}},
        "priors": shipped_priors().version,
        "data": described(texts, notes),
        "histories": options.as_dict(),
        "seeds": list(seeds),
        "budgets": list(plan.budgets),
        "grace_days": grace,
        "rows": [row.as_dict() for row in rows],
        "seconds": round(time.monotonic() - began, 1),
    }


def _trend_rules(path: Path | None, emotions: Sequence[str]) -> list[Rule]:
    trends = [rule for rule in load_rules(path).person if rule.options.detector == "trend"]
    name, known = path or SHIPPED, {rule.options.emotion for rule in trends}
    if not trends:
        raise AlertError(f"{name} has no trend rule, so there is nothing to measure: add one.")
    for emotion in emotions:
        if emotion not in known:
            has = ", ".join(sorted(known))
            raise AlertError(f"{name} has no trend rule for {emotion}: add one, or measure {has} with --emotion.")
    return [rule for rule in trends if not emotions or rule.options.emotion in emotions]


def _fitted(asked: HistoryOptions, rules: Sequence[Rule], texts: Texts) -> tuple[HistoryOptions, list[str]]:
    """People change in the emotions measured and in the usual ones; what there are no texts for they never write."""
    wanted = {rule.options.emotion for rule in rules}
    for emotion in sorted(wanted):
        _require_texts(emotion, texts)
    planted = tuple(each for each in EMOTIONS if each in wanted or (each in _USUAL and _fewest(each, texts) >= ENOUGH))
    if round(asked.planted * asked.people) < _FEWEST:
        raise AlertError(
            f"of {asked.people} people only {round(asked.planted * asked.people)} change in each emotion, too few to "
            f"measure anything on: give more --people or a larger --planted, so that at least {_FEWEST} do."
        )
    absent = [emotion for emotion in EMOTIONS if not _fewest(emotion, texts)]
    mix = [0.0 if emotion in absent else share for emotion, share in zip(EMOTIONS, asked.mix, strict=True)]
    options = replace(asked, emotions=planted, mix=tuple(share / sum(mix) for share in mix) if absent else asked.mix)
    return options, [f"there are no texts for {emotion}, so nobody writes any." for emotion in absent]


def _require_texts(emotion: str, texts: Texts) -> None:
    if _fewest(emotion, texts) < ENOUGH:
        raise AlertError(
            f"{texts.source} has only {_fewest(emotion, texts)} texts of {emotion} in one of its held-out splits, "
            f"where at least {ENOUGH} are needed: give other --data, or measure other emotions with --emotion."
        )


def _fewest(emotion: str, texts: Texts) -> int:
    return min(len(shelf[emotion]) for shelf in texts.splits.values())
