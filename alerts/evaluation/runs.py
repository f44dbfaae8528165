"""The real detectors over composed histories: what each person was reported for, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from alerts.composed.people import START, Person
from alerts.composed.tracks import History
from alerts.monitor import step
from alerts.options import seconds
from alerts.rules import Rule

_NEVER = 1e9
_BEGIN = seconds(START)


class Told(NamedTuple):
    """One alert: seconds since the history's first midnight, and the statistic."""

    at: int
    statistic: float


class Run(NamedTuple):
    """One person under one rule: all alerts in order, and how many posts they had written by each of them."""

    person: Person
    alerts: tuple[Told, ...]
    moments: tuple[int, ...]  # of every post, seconds since the first midnight


def with_threshold(rule: Rule, threshold: float) -> Rule:
    """The same rule but for its threshold."""
    return Rule(rule.options.model_copy(update={"threshold": threshold}))


def run(rule: Rule, histories: Sequence[History]) -> list[Run]:
    """Everybody's alerts under the rule as it stands."""
    return [Run(history.person, tuple(_told(rule, history)), history.moments) for history in histories]


def peak(rule: Rule, history: History) -> float:
    """The highest statistic of a person for whom nothing is ever raised.

    Until it is first raised, a detector's statistic does not depend on the threshold, so nobody is reported at a
    threshold above this. (A test holds the shipped rules to it.)
    """
    unreached = with_threshold(rule, _NEVER)
    detector = unreached.detector(None)
    highest = 0.0
    for period in history.periods:
        highest = max(highest, detector.score(period))
        step(unreached, detector, period)
    return highest


def _told(rule: Rule, history: History) -> Iterator[Told]:
    detector = rule.detector(None)
    for period in history.periods:
        statistic = step(rule, detector, period)
        if statistic is not None:
            yield Told(seconds(period.end) - _BEGIN, statistic)
