"""Closed hours of everybody in, cohort alerts and their episodes out. Pure, like `alerts/monitor.py`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.detectors.cohort import CohortHour, CohortOptions
from alerts.episode import CALM, Episode
from alerts.monitor import alert_of, step
from alerts.options import seconds
from alerts.rules import Rule, Rules
from alerts.types import Alert
from storage.cohorts import CohortEpisode

EVERYONE = "everyone"
State = dict[str, Any]  # "rules": by rule key; "told": by rule key the last alert's id, time and beginning


def apply_community(rules: Rules, state: State, hour: CohortHour) -> tuple[State, list[Alert], list[CohortEpisode]]:
    """Let a closed hour pass all cohort rules.

    An episode belongs to the alert that was last told: while the rule is raised it goes on, also where it was
    calm for a moment and the cool-down forbids another alert.
    """
    before, told = state.get("rules", {}), dict(state.get("told", {}))
    after: State = {}
    alerts: list[Alert] = []
    episodes: list[CohortEpisode] = []
    for rule in rules.community:
        detector = rule.detector(before.get(rule.key))
        statistic = step(rule, detector, hour)
        if statistic is not None:
            alert = alert_of(rule, EVERYONE, detector, statistic, hour)
            told[rule.key] = [alert.id, seconds(alert.at), detector.episode.since]
            alerts.append(alert)
        after[rule.key] = detector.to_state()
        episodes += _going_on(rule, detector.episode, told.get(rule.key), hour)
    return {"rules": after, "told": {key: told[key] for key in after if key in told}}, alerts, episodes


def _going_on(rule: Rule, episode: Episode, told: list[Any] | None, hour: CohortHour) -> list[CohortEpisode]:
    """What to tag from now on. A rule on trial tags nobody."""
    options = rule.options
    if told is None or episode.phase == CALM or options.shadow or not isinstance(options, CohortOptions):
        return []
    alert, at, since = told
    until = hour.end + timedelta(hours=options.cover_hours)
    return [CohortEpisode(alert, options.emotion, _moment(at), _moment(since), until)]


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
