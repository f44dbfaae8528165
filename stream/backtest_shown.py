"""The answer of a backtest as plain values. Pseudonyms only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from alerts.backtest import Change, Kind, alerts_of, between, changes, unsent
from alerts.rules import Rules
from alerts.types import Alert
from alerts.workload import Workload, by_day, by_severity
from stream.dry_run import DryRun

KINDS: tuple[Kind, ...] = ("same", "moved", "came", "gone")


@dataclass(frozen=True)
class Question:
    """Which rules are compared, over which time, and what an alert costs."""

    before: Rules
    after: Rules
    since: datetime | None
    until: datetime | None
    within: timedelta
    minutes: float
    hours: float


def shown_backtest(question: Question, runs: Sequence[DryRun]) -> dict[str, Any]:
    """Everything that changes, as plain values. One run serves both files, or each has its own."""
    before = _side(question, question.before, runs[0])
    after = _side(question, question.after, runs[-1])
    found = changes(before.alerts, after.alerts, question.within)
    return {
        "posts_of": runs[0].source,
        "posts": runs[0].posts,
        "days": round(runs[0].days(question.since, question.until), 3),
        "before": before.as_dict(question),
        "after": after.as_dict(question),
        "rules": [_of_rule(name, found, question) for name in _names(question)],
        "by_day": _by_day(before.sent, after.sent),
        "changes": [_change(change) for change in found if change.kind != "same" or change.severer],
    }


@dataclass(frozen=True)
class Side:
    """One file's alerts, and which of them nobody would be told of."""

    rules: Rules
    alerts: Sequence[Alert]
    unsent: Mapping[str, str]
    days: float

    @property
    def sent(self) -> list[Alert]:
        return [alert for alert in self.alerts if alert.id not in self.unsent]

    def as_dict(self, question: Question) -> dict[str, Any]:
        return {
            "version": self.rules.version,
            **Workload(len(self.sent), self.days, question.minutes, question.hours).as_dict(),
            "severity": by_severity(self.sent),
            "unsent": dict(sorted(Counter(self.unsent.values()).items())),
        }


def _side(question: Question, rules: Rules, run: DryRun) -> Side:
    alerts = between(alerts_of(rules, run.alerts), question.since, question.until)
    return Side(rules, alerts, unsent(rules, alerts, run.tags), run.days(question.since, question.until))


def _names(question: Question) -> list[str]:
    names = [rule.options.name for rules in (question.after, question.before) for rule in rules.all]
    return list(dict.fromkeys(names))


def _of_rule(name: str, found: Sequence[Change], question: Question) -> dict[str, Any]:
    mine = [change for change in found if change.alert.rule == name]
    counts = Counter(change.kind for change in mine)
    moved = [change.later / timedelta(hours=1) for change in mine if change.kind == "moved"]
    return {
        "rule": name,
        "before": sum(change.before is not None for change in mine),
        "after": sum(change.after is not None for change in mine),
        **{kind: counts[kind] for kind in KINDS},
        "later_hours": round(median(moved), 1) if moved else None,
        "severer": sum(change.severer > 0 for change in mine),
        "milder": sum(change.severer < 0 for change in mine),
        "shadow": [_on_trial(rules, name) for rules in (question.before, question.after)],
    }


def _on_trial(rules: Rules, name: str) -> bool | None:
    """None: the file has no such rule."""
    return next((rule.options.shadow for rule in rules.all if rule.options.name == name), None)


def _by_day(before: Sequence[Alert], after: Sequence[Alert]) -> list[dict[str, Any]]:
    old, new = by_day(before), by_day(after)
    return [{"day": day, "before": old.get(day, 0), "after": new.get(day, 0)} for day in sorted({*old, *new})]


def _change(change: Change) -> dict[str, Any]:
    alert = change.alert
    return {
        "kind": change.kind,
        "rule": alert.rule,
        "subject_kind": alert.subject_kind,
        "subject": alert.subject,
        "at": [each and each.at for each in (change.before, change.after)],
        "severity": [each and each.severity for each in (change.before, change.after)],
        "statistic": [each and round(each.statistic, 3) for each in (change.before, change.after)],
    }
