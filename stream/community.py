"""Closing hours and days of everybody: each evaluated once, in order, by whichever worker gets there.

A batch applies a person's hour in the transaction that moves its partition's stored watermark past it. So when
every partition's stored watermark has passed an hour, all that anybody said in it has been added up.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from alerts.community import apply_community
from alerts.detectors.cohort import CohortHour
from alerts.rules import Rules
from alerts.types import Alert
from storage.cohorts import CohortEpisode, add_tags, hold_untold, save_episodes, tag_people
from storage.community import (
    Circles,
    closed_voices,
    commit_lazily,
    lock_community,
    people_of_day,
    read_community,
    save_community,
    through_of,
)
from storage.database import transaction
from storage.day_alerts import alerts_of_day
from storage.day_tests import open_days, take_tests
from storage.outbox import hold_waiting, release_waiting
from storage.progress import slowest_newest
from stream.days import Verdicts, verdicts
from stream.hours import HOUR, hour_of
from stream.outgoing import record_alerts


def close_community(engine: Engine, rules: Rules, topic: str, lateness: timedelta, model: str) -> int:
    """Evaluate the hours and days that have closed; returns the cohort alerts raised.

    Runs after the batch's own commit, like `stream.channels.close_channels`, and for the same reason.
    """
    with transaction(engine) as connection:
        bound, through = community_bound(connection, topic, lateness), through_of(connection)
        if bound is None or _is_through(through, bound):
            return 0
        lock_community(connection)
        commit_lazily(connection)
        alerts, episodes = evaluate_hours(connection, rules, bound)
        record_alerts(connection, alerts, model)
        tag_cohorts(connection, episodes)
        if through is None or through.date() < bound.date():
            close_days(connection, rules, bound.date())
    return len(alerts)


def community_bound(connection: Connection, topic: str, lateness: timedelta) -> datetime | None:
    """All hours before it have closed in every partition. In UTC, whose days are the days here."""
    slowest = slowest_newest(connection, topic)
    return None if slowest is None else hour_of(slowest.astimezone(UTC) - lateness)


def evaluate_hours(
    connection: Connection, rules: Rules, bound: datetime
) -> tuple[list[Alert], dict[str, CohortEpisode]]:
    """Let the hours that were not evaluated yet pass the cohort rules; for who holds the lock."""
    through, before = read_community(connection)
    if _is_through(through, bound):
        return [], {}
    state, alerts, episodes = apply_hours(rules, before, closed_voices(connection, through, bound))
    save_community(connection, state, bound)
    save_episodes(connection, episodes.values())
    return alerts, episodes


def apply_hours(
    rules: Rules, state: dict[str, Any], hours: Iterable[tuple[datetime, Circles]]
) -> tuple[dict[str, Any], list[Alert], dict[str, CohortEpisode]]:
    """Pure: hours in order lead to a state, alerts, and episodes by their alert."""
    alerts: list[Alert] = []
    episodes: dict[str, CohortEpisode] = {}
    for start, circles in hours:
        state, raised, going_on = apply_community(rules, state, CohortHour(start, start + HOUR, (), circles))
        alerts += raised
        episodes |= {episode.alert_id: episode for episode in going_on}
    return state, alerts, episodes


def tag_cohorts(connection: Connection, episodes: dict[str, CohortEpisode]) -> None:
    """Tag what these episodes cover, and do not tell of it one by one, but for what is of high severity."""
    if episodes:
        tagged = tag_people(connection, min(episode.since for episode in episodes.values()))
        hold_untold(connection, [alert for alert, severity in tagged.items() if severity != "high"])


def close_days(connection: Connection, rules: Rules, before: date) -> None:
    """Give the alerts of days that have closed their place among all who were tested, and let go who waited."""
    for day in open_days(connection, before):
        alerts = alerts_of_day(connection, day)
        found = verdicts(rules, alerts, take_tests(connection, day), people_of_day(connection, day))
        _apply_verdicts(connection, [alert.id for alert in alerts], found)


def _apply_verdicts(connection: Connection, alerts: list[str], found: Verdicts) -> None:
    add_tags(connection, found.tags)
    hold_waiting(connection, found.dropped)
    release_waiting(connection, [alert for alert in alerts if alert not in found.dropped])


def _is_through(through: datetime | None, bound: datetime) -> bool:
    return through is not None and through >= bound
