"""Two rule files on the same posts: which alerts come, go and move. Pure functions over lists of alerts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from alerts.options import RuleOptions
from alerts.rules import Rules
from alerts.types import Alert
from storage.deliveries import SEVERITIES

Reason = Literal["on trial", "whole community", "discovery control"]
Kind = Literal["same", "moved", "came", "gone"]


@dataclass(frozen=True)
class Change:
    """What became of one alert. `before` is of the rules in use, `after` of the new ones."""

    before: Alert | None
    after: Alert | None

    @property
    def kind(self) -> Kind:
        if self.before is None or self.after is None:
            return "came" if self.before is None else "gone"
        return "same" if self.before.at == self.after.at else "moved"

    @property
    def alert(self) -> Alert:
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def later(self) -> timedelta:
        """By how much it comes later now; negative: earlier."""
        return self.after.at - self.before.at if self.before and self.after else timedelta()

    @property
    def severer(self) -> int:
        """By how many grades its severity rose; negative: fell."""
        if not (self.before and self.after):
            return 0
        return SEVERITIES.index(self.after.severity) - SEVERITIES.index(self.before.severity)


def plan(before: Rules, after: Rules) -> list[Rules]:
    """Which rules to run over the posts: those of both files in one pass, those that decide alike only once.

    Rules about the whole community colour what others raise, so where these differ, each file has its own pass.
    """
    about_all = [{(rule.key, rule.options.shadow) for rule in rules.community} for rules in (before, after)]
    if about_all[0] != about_all[1]:
        return [before, after]
    return [Rules(tuple({rule.key: rule for rules in (before, after) for rule in rules.all}.values()))]


def alerts_of(rules: Rules, alerts: Iterable[Alert]) -> list[Alert]:
    """Those of `alerts` that this file raises, in order of time."""
    keys = {rule.key for rule in rules.all}
    return sorted((alert for alert in alerts if _key(alert) in keys), key=lambda alert: (alert.at, alert.id))


def unsent(rules: Rules, alerts: Iterable[Alert], tags: Mapping[str, Mapping[str, Any]]) -> dict[str, Reason]:
    """Which of this file's alerts nobody would be told of one by one, and why. `tags` are by alert."""
    options = {rule.key: rule.options for rule in rules.all}
    reasons = {alert.id: _why_unsent(options[_key(alert)], alert, tags.get(alert.id, {})) for alert in alerts}
    return {alert: reason for alert, reason in reasons.items() if reason}


def _why_unsent(options: RuleOptions, alert: Alert, tags: Mapping[str, Any]) -> Reason | None:
    if options.shadow:
        return "on trial"
    if alert.severity == "high":
        return None
    if "cohort" in tags:
        return "whole community"
    return "discovery control" if options.fdr and tags.get("q", 0.0) > options.fdr else None


def _key(alert: Alert) -> str:
    return f"{alert.rule}@{alert.rule_version}"


def between(alerts: Iterable[Alert], since: datetime | None, until: datetime | None) -> list[Alert]:
    """Alerts of a stretch of event time."""
    return [a for a in alerts if (since is None or a.at >= since) and (until is None or a.at < until)]


def changes(before: Sequence[Alert], after: Sequence[Alert], within: timedelta) -> list[Change]:
    """Pair the alerts of rules of one name about one subject, nearest first and at most `within` apart."""
    groups: dict[tuple[str, str, str], tuple[list[Alert], list[Alert]]] = defaultdict(lambda: ([], []))
    for side, alerts in enumerate((before, after)):
        for alert in alerts:
            groups[alert.rule, alert.subject_kind, alert.subject][side].append(alert)
    found = [change for old, new in groups.values() for change in _paired(old, new, within)]
    return sorted(found, key=lambda change: (change.alert.at, change.alert.id))


def _paired(before: Sequence[Alert], after: Sequence[Alert], within: timedelta) -> Iterator[Change]:
    gaps = ((abs(new.at - old.at), i, j) for i, old in enumerate(before) for j, new in enumerate(after))
    left, right = set(range(len(before))), set(range(len(after)))
    for gap, i, j in sorted(gaps):
        if gap <= within and i in left and j in right:
            left.remove(i)
            right.remove(j)
            yield Change(before[i], after[j])
    yield from (Change(before[i], None) for i in sorted(left))
    yield from (Change(None, after[j]) for j in sorted(right))
