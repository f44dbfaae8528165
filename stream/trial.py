"""What a rules file would raise, as plain values and as lines."""

from collections import Counter
from typing import Any

import click

from alerts.backtest import alerts_of, unsent
from alerts.rules import Rules
from alerts.types import Alert
from alerts.workload import by_day, by_severity
from stream.dry_run import DryRun

SHOWN = 20


def trial(rules: Rules, run: DryRun) -> dict[str, Any]:
    """Every alert the rules would raise, counted by rule, severity and day; pseudonyms only."""
    alerts = alerts_of(rules, run.alerts)
    quiet = unsent(rules, alerts, run.tags)
    return {
        "version": rules.version,
        "posts_of": run.source,
        "posts": run.posts,
        "repeats": run.repeats,
        "days": round(run.days(None, None), 3),
        "rules": [_of_rule(rule, alerts) for rule in rules.all],
        "alerts": [shown(alert) | {"unsent": quiet.get(alert.id)} for alert in alerts],
    }


def _of_rule(rule: Any, alerts: list[Alert]) -> dict[str, Any]:
    mine = [alert for alert in alerts if alert.rule == rule.options.name]
    return {
        "rule": rule.options.name,
        "version": rule.version,
        "shadow": rule.options.shadow,
        "alerts": len(mine),
        "subjects": len({alert.subject for alert in mine}),
        "severity": by_severity(mine),
        "by_day": by_day(mine),
    }


def shown(alert: Alert) -> dict[str, Any]:
    """An alert without its evidence."""
    names = ("id", "at", "rule", "severity", "subject_kind", "subject", "emotion", "statistic", "threshold")
    return {name: getattr(alert, name) for name in names}


def tell_trial(rules: Rules, run: DryRun) -> None:
    """The same as lines."""
    found = trial(rules, run)
    click.echo(f"rules version {found['version']}, {found['posts']:,} posts of {found['days']:,.1f} days")
    click.echo(f"({found['posts_of']})")
    if run.repeats:
        click.echo(f"{run.repeats:,} posts repeat what their author said before, or are retweets: no rule counts them")
    click.echo(f"{'rule':<24}{'alerts':>7}{'subjects':>10}{'low':>6}{'medium':>8}{'high':>6}")
    for row in found["rules"]:
        counts = row["severity"]
        trial_mark = "  on trial: stored, never sent" if row["shadow"] else ""
        click.echo(
            f"{row['rule']:<24}{row['alerts']:>7,}{row['subjects']:>10,}{counts['low']:>6,}{counts['medium']:>8,}"
            f"{counts['high']:>6,}{trial_mark}"
        )
    alerts = alerts_of(rules, run.alerts)
    _tell_days(alerts)
    a_day = len(alerts) / found["days"] if found["days"] else 0.0
    for reason, count in sorted(Counter(filter(None, (each["unsent"] for each in found["alerts"]))).items()):
        click.echo(f"{count:,} of them would be stored and not sent: {reason}")
    click.echo(f"alerts: {len(alerts):,}, {a_day:.2f} a day; nothing was written and nothing was sent")


def _tell_days(alerts: list[Alert]) -> None:
    """The days with most alerts, in order of time."""
    days = by_day(alerts)
    busiest = sorted(sorted(days, key=lambda day: (-days[day], day))[:SHOWN])
    if len(days) > SHOWN:
        click.echo(f"the {SHOWN} busiest of {len(days):,} days with alerts (--json has all):")
    for day in busiest:
        rules = sorted({alert.rule for alert in alerts if f"{alert.at:%Y-%m-%d}" == day})
        click.echo(f"{day}  {days[day]:>4,}  {', '.join(rules)}")
