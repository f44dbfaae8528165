"""What `tideline rules show` says: each rule, its version, and which worker runs it."""

from collections.abc import Sequence
from typing import Any

import click

from alerts.detectors.primitive_options import PrimitiveOptions
from alerts.rules import Rule, Rules
from stream.workers_shown import Workers, tell_workers

MOST = 1e9  # beyond this nobody cares by how much


def shown_rules(rules: Rules, workers: Workers) -> dict[str, Any]:
    """Every rule with its numbers, and every live worker with its versions."""
    return {
        "version": rules.version,
        "rules": [_shown(rule, workers.live) for rule in rules.all],
        "workers": workers.as_dict(rules.version),
    }


def _shown(rule: Rule, workers: Sequence[Any]) -> dict[str, Any]:
    numbers = rule.options.model_dump(mode="json")
    calm = rule.options.calm_periods() if isinstance(rule.options, PrimitiveOptions) else None
    running = sum(rule.key in worker.rule_keys for worker in workers)
    return {
        "version": rule.version,
        **numbers,
        "false_alerts_per_person_year": rule.null and round(rule.null.false_alerts_per_year(rule.options.threshold), 3),
        "calm_periods_to_a_false_alert": calm and round(min(calm, MOST), 1),
        "workers": running,
    }


def tell_rules(rules: Rules, workers: Workers) -> None:
    """The same as lines."""
    shown = shown_rules(rules, workers)
    click.echo(f"version {rules.version}")
    for row in shown["rules"]:
        click.echo(
            f"{row['name']:<22} {row['version']}  {row['detector']:<13} {row['subject']:<9} {row['emotion']:<9}"
            f"threshold {row['threshold']:g}{_notes(row, workers)}"
        )
    tell_workers(shown["workers"])


def _notes(row: dict[str, Any], workers: Workers) -> str:
    notes = ["on trial: stored, never sent"] if row["shadow"] else []
    if row["false_alerts_per_person_year"] is not None:
        notes.append(f"{row['false_alerts_per_person_year']:g} false alerts a person and year")
    if row["calm_periods_to_a_false_alert"]:
        notes.append(f"a false alert in {row['calm_periods_to_a_false_alert']:,.0f} calm periods")
    if workers.live:
        notes.append(f"run by {row['workers']} of {len(workers.live)} workers")
    return f"  ({'; '.join(notes)})" if notes else ""
