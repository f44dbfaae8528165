"""Spike rules for channels measured from a command's options: one JSON object with all that it takes to repeat it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from alerts.composed.channels import ChannelOptions
from alerts.composed.tracks import ORACLE, PERMUTED, Pool, oracle_pool
from alerts.errors import AlertError
from alerts.evaluation.spikes import SpikeFigures, alerts_of, channels, evaluate, figures
from alerts.evaluation.spread import spread
from alerts.evaluation.trends import Pools
from alerts.rules import SHIPPED, Rule, load_rules
from models.labels import EMOTIONS
from stream.alert_evaluation.channel_options import channel_options
from stream.alert_evaluation.pools import described, load_pools
from stream.alert_evaluation.texts import load_texts
from stream.model_choice import chosen_model
from stream.progress import progress_bar
from stream.settings import read_settings

BUDGETS = (1.0,)  # false alerts a channel-month
EMOTION = "anger"  # what the composed channels have spikes of

_Rows = Mapping[str, Sequence[tuple[int, ...]]]


class _Task(NamedTuple):
    """One rule on one track: with a budget the threshold is tuned, with None it is the rule's own."""

    rule: Rule
    track: str
    budget: float | None


def measured(
    *,
    tracks: tuple[str, ...],
    budgets: tuple[float, ...],
    seeds: tuple[int, ...],
    rules: Path | None,
    model: str,
    data: str,
    processes: int,
    settings: Sequence[tuple[str, list[float]]],
    show: bool | None,
) -> dict[str, Any]:
    """Everything that was measured, and everything needed to measure it again."""
    began = time.monotonic()
    options, chosen, allowed = channel_options(settings), _spike_rules(rules), budgets or BUDGETS
    classifier = chosen_model(model)
    texts = load_texts(data, classifier)
    pools = load_pools(texts, classifier, read_settings().data_dir)
    tasks = [_Task(rule, track, each) for track in tracks for rule in chosen for each in (*allowed, None)]
    rows = []
    with progress_bar("measured", len(tasks), " runs", show=show) as bar, spread(min(processes, len(tasks))) as over:
        for task, found in zip(tasks, over(partial(_run, pools, options, seeds), tasks), strict=True):
            named = {"rule": task.rule.options.name, "emotion": EMOTION, "track": task.track, "budget": task.budget}
            rows.append(named | found.as_dict())
            bar.advance()
    return {
        "kind": "spike",
        "model": classifier.version,
        "rules": {"file": str(rules or SHIPPED), "versions": {rule.options.name: rule.version for rule in chosen}},
        "data": described(texts),
        "channels": asdict(options),
        "seeds": list(seeds),
        "budgets": list(allowed),
        "rows": rows,
        "seconds": round(time.monotonic() - began, 1),
    }


def _spike_rules(path: Path | None) -> list[Rule]:
    every = load_rules(path).channel
    found = [rule for rule in every if rule.options.detector == "spike" and rule.options.emotion == EMOTION]
    if not found:
        raise AlertError(
            f"{path or SHIPPED} has no spike rule for {EMOTION} in channels: add one, or use --kind trend."
        )
    return found


def _run(pools: Pools, options: ChannelOptions, seeds: tuple[int, ...], task: _Task) -> SpikeFigures:
    known, unseen = _rows(pools.validation, task.track), _rows(pools.test, task.track)
    if task.budget is not None:
        return evaluate(known, unseen, options, seeds, task.rule, task.budget)
    return figures(task.rule, (alerts_of(task.rule, each) for each in channels(unseen, options, seeds)))


def _rows(pool: Pool, track: str) -> _Rows:
    """Score vectors by feeling; permuted, every feeling draws from all texts alike."""
    used = oracle_pool() if track == ORACLE else pool
    rows = {emotion: [tuple(row) for row in used[emotion].tolist()] for emotion in EMOTIONS if len(used[emotion])}
    if track != PERMUTED:
        return rows
    every = [row for found in rows.values() for row in found]
    return dict.fromkeys(rows, every)
