"""A closed day's discovery control: pure, for the worker, the oracle and a rebuild."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from alerts.discovery import Discovery, discoveries
from alerts.rules import Rule, Rules
from storage.day_alerts import DayAlert


class Verdicts(NamedTuple):
    """What becomes of a day's alerts."""

    tags: dict[str, dict[str, Any]]  # by alert: rank, q, tested
    dropped: set[str]  # alerts whose rule asks that they be held back


def verdicts(
    rules: Rules, alerts: Iterable[DayAlert], tests: Mapping[str, Mapping[str, float]], tested: int
) -> Verdicts:
    """Rank the alerts among `tested` people; `tests` are largest statistics by rule and person."""
    found = Verdicts({}, set())
    used = {rule.key: rule for rule in rules.person}
    ranked = {key: _ranked(used[key], statistics, tested) for key, statistics in tests.items() if key in used}
    for alert in alerts:
        discovery = ranked.get(alert.rule, {}).get(alert.person)
        if discovery is not None:
            found.tags[alert.id] = discovery.as_tags()
            if discovery.q > (used[alert.rule].options.fdr or 1.0):
                found.dropped.add(alert.id)
    return found


def _ranked(rule: Rule, statistics: Mapping[str, float], tested: int) -> dict[str, Discovery]:
    null = rule.null
    if null is None:
        return {}
    return discoveries({person: null.p_value(statistic) for person, statistic in statistics.items()}, tested)
