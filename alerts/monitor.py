"""Closed periods in, alerts out. Pure functions: the same state and period give the same bytes, always.

The worker, the offline oracle and `rebuild` all call these; nothing here knows a clock or a database.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, NamedTuple

from alerts.options import seconds
from alerts.packet import bounds
from alerts.registry import Detector
from alerts.rules import Rule, Rules
from alerts.types import Alert, Period

State = dict[str, Any]  # {rule key: detector state}; JSON and back changes nothing in it
_NAMESPACE = uuid.UUID("6f1c9a52-3e0f-5d0a-9a43-5a3c1f9f0c11")


class Watched(NamedTuple):
    """What a person's hour led to; `tests` are the statistics (by rule key) that a day's discovery control needs."""

    state: State
    alerts: list[Alert]
    tests: list[tuple[str, float]]


def watch_person(rules: Rules, person: str, state: State | None, period: Period) -> Watched:
    """Let one person's closed hour pass all rules for persons. States of other rule versions are dropped."""
    tests: list[tuple[str, float]] = []
    after, alerts = _apply(rules.person, person, state, period, tests)
    return Watched(after, alerts, tests)


def apply_person(rules: Rules, person: str, state: State | None, period: Period) -> tuple[State, list[Alert]]:
    """The same for those who need no tests."""
    return watch_person(rules, person, state, period)[:2]


def apply_channel(rules: Rules, channel: str, state: State | None, bucket: Period) -> tuple[State, list[Alert]]:
    """Let one channel's closed bucket pass all rules for channels."""
    return _apply(rules.channel, channel, state, bucket)


def step(rule: Rule, detector: Detector, period: Period) -> float | None:
    """Score, then learn; the statistic if this is the moment to report."""
    statistic, report = _step(rule, detector, period)
    return statistic if report else None


def _step(rule: Rule, detector: Detector, period: Period) -> tuple[float, bool]:
    statistic = detector.score(period)
    at = max(detector.at, seconds(period.end))
    report = detector.episode.step(statistic, at, rule.options)
    detector.update(period)
    return statistic, report


def _apply(
    rules: tuple[Rule, ...],
    subject: str,
    state: State | None,
    period: Period,
    tests: list[tuple[str, float]] | None = None,
) -> tuple[State, list[Alert]]:
    before, after, alerts = state or {}, {}, []
    for rule in rules:
        detector = rule.detector(before.get(rule.key))
        if period.posts:
            statistic, report = _step(rule, detector, period)
            if report:
                alerts.append(alert_of(rule, subject, detector, statistic, period))
            if tests is not None and (report or statistic >= rule.floor):
                tests.append((rule.key, statistic))
        after[rule.key] = detector.to_state()
    return after, alerts


def alert_of(rule: Rule, subject: str, detector: Detector, statistic: float, period: Period) -> Alert:
    """The alert that a rule raises at the end of a period."""
    options = rule.options
    evidence = detector.evidence(statistic)
    evidence["bounds"] = bounds(options.threshold, options.medium, options.high)
    if rule.null:
        evidence["false_alerts_per_year"] = round(rule.null.false_alerts_per_year(options.threshold), 4)
    evidence["since"] = datetime.fromtimestamp(detector.episode.since, UTC).isoformat()
    name = f"{rule.version}\n{options.subject}\n{subject}\n{period.end.astimezone(UTC).isoformat()}"
    return Alert(
        id=str(uuid.uuid5(_NAMESPACE, name)),
        rule=options.name,
        rule_version=rule.version,
        subject_kind=options.subject,
        subject=subject,
        emotion=options.emotion,
        at=period.end,
        statistic=statistic,
        threshold=options.threshold,
        severity=options.severity(statistic),
        evidence=evidence,
        shadow=options.shadow,
    )
