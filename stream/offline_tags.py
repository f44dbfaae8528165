"""The oracle's view of everybody: hours summed over partitions, and what alerts are tagged with."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from alerts.rules import Rules
from alerts.types import Alert
from storage.cohorts import CohortEpisode
from storage.community import Circles, HourKey, VoiceSum
from storage.day_alerts import DayAlert
from stream.days import verdicts
from stream.gathered import Gathered

Tags = dict[str, dict[str, Any]]


def summed(voices: Mapping[HourKey, VoiceSum], bound: datetime) -> list[tuple[datetime, Circles]]:
    """The hours before the bound in which somebody had a voice, in order."""
    hours: dict[datetime, Circles] = defaultdict(dict)
    for (hour, _, circle), part in voices.items():
        if part.people and hour < bound:
            people, sums = hours[hour.astimezone(UTC)].get(circle, (0, (0,) * len(part.sums)))
            added = tuple(a + b for a, b in zip(sums, part.sums, strict=True))
            hours[hour.astimezone(UTC)][circle] = (people + part.people, added)
    return sorted(hours.items())


def tags_of(
    rules: Rules, alerts: Iterable[Alert], episodes: Collection[CohortEpisode], gathered: Gathered, bound: datetime
) -> Tags:
    """The tags of all alerts about people; the tests of days that have closed are taken out."""
    tags: Tags = {}
    of_people = [alert for alert in alerts if alert.subject_kind == "person"]
    for alert in of_people:
        if cohort := _cohort(alert, episodes):
            tags.setdefault(alert.id, {})["cohort"] = cohort
    by_day: dict[date, list[DayAlert]] = defaultdict(list)
    for alert in of_people:
        by_day[_day(alert)].append(DayAlert(alert.id, f"{alert.rule}@{alert.rule_version}", alert.subject))
    for day, tests in _closed(gathered, bound).items():
        tested = sum(each.newcomers for (hour, *_), each in gathered.voices.items() if hour.date() == day)
        for alert_id, found in verdicts(rules, by_day[day], tests, tested).tags.items():
            tags.setdefault(alert_id, {}).update(found)
    return tags


def _cohort(alert: Alert, episodes: Collection[CohortEpisode]) -> str | None:
    covering = (each for each in episodes if each.emotion == alert.emotion and each.since <= alert.at <= each.until)
    first = min(covering, key=lambda each: (each.at, each.alert_id), default=None)
    return first.alert_id if first else None


def _day(alert: Alert) -> date:
    return (alert.at.astimezone(UTC) - timedelta(seconds=1)).date()


def _closed(gathered: Gathered, bound: datetime) -> dict[date, dict[str, dict[str, float]]]:
    found: dict[date, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for key in [key for key in gathered.tests if key.day < bound.date()]:
        found[key.day][key.rule][key.person] = gathered.tests.pop(key)
    return found
