"""Recompute series, states and alerts from the stored points, in one transaction.

For a new rules file, a mended detector, or doubt. What comes out is what the stream would have made of
these points. Alerts found anew are stored but held: nobody is woken for the past. Alerts no longer found
are kept and marked superseded.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, text

from alerts.rules import Rules
from alerts.types import Alert
from storage.alert_history import live_alert_ids, restore_alerts, supersede_alerts
from storage.challenger import forget_shadow_rules
from storage.community import forget_community, lock_community
from storage.database import transaction
from storage.points import ERASURE_LOCK, mark_repeated
from storage.rollups import count_again
from storage.states import lock_states, save_states
from storage.waiting import WaitingInHour, take_closed_buckets, take_closed_hours
from stream.channels import closed_bound
from stream.community import close_days, community_bound, evaluate_hours, tag_cohorts
from stream.fates import record_people
from stream.gathered import Gathered
from stream.hours import apply_bucket, apply_hour
from stream.outgoing import record_alerts
from stream.progress import Progress
from stream.rehearing import rehear_waiting
from stream.stored import closed_channel_posts, closed_hours, closed_posts
from stream.tallies import Tallies
from stream.transfers import whole_scale

FLUSH = 1000


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild found."""

    people: int = 0
    channels: int = 0
    alerts_kept: int = 0
    alerts_new: int = 0
    alerts_superseded: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def rebuild(
    engine: Engine,
    rules: Rules,
    topic: str,
    lateness: timedelta,
    model: str,
    progress: Progress,
    *,
    send: bool,
) -> Rebuilt:
    """Rebuild everything derived. Workers wait while it runs and go on afterwards."""
    rebuilt = Rebuilt()
    with transaction(engine) as connection:
        _stop_the_writers(connection)
        count_again(connection)
        rehear_waiting(connection, whole_scale(connection))
        alerts = _rebuild_people(connection, rules, topic, lateness, rebuilt, progress)
        alerts += _rebuild_channels(connection, rules, topic, lateness, rebuilt)
        bound = community_bound(connection, topic, lateness)
        cohorts, episodes = evaluate_hours(connection, rules, bound) if bound else ([], {})
        _settle_alerts(connection, rules, [*alerts, *cohorts], model, rebuilt, send=send)
        if bound:
            tag_cohorts(connection, episodes)
            close_days(connection, rules, bound.date())
    return rebuilt


def _stop_the_writers(connection: Connection) -> None:
    """Batches lock their partitions first, so holding all of them holds every batch back."""
    connection.execute(text("SELECT 1 FROM partition_progress ORDER BY topic, partition FOR UPDATE"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ERASURE_LOCK})
    connection.execute(text("LOCK TABLE waiting_channel_posts IN SHARE ROW EXCLUSIVE MODE"))
    lock_community(connection)


def _rebuild_people(
    connection: Connection,
    rules: Rules,
    topic: str,
    lateness: timedelta,
    rebuilt: Rebuilt,
    progress: Progress,
) -> list[Alert]:
    bounds = closed_hours(connection, topic, lateness)
    connection.execute(text("DELETE FROM person_states"))
    forget_shadow_rules(connection)
    forget_community(connection)
    take_closed_hours(connection, bounds)  # they are applied here, from the points, and must not be again
    connection.execute(text("UPDATE points SET repeated = false WHERE repeated"))
    alerts: list[Alert] = []
    gathered, tallies = Gathered(), Tallies()
    states: dict[str, dict[str, Any]] = {}
    for person, posts in groupby(closed_posts(connection, bounds), key=lambda post: post.person):
        states[person] = _rebuild_person(connection, rules, person, list(posts), alerts, gathered, tallies)
        rebuilt.people += 1
        progress.advance()
        if len(states) >= FLUSH:
            _save(connection, "person_states", states)
            gathered.save(connection)
            tallies.save(connection)
    _save(connection, "person_states", states)
    gathered.save(connection)
    tallies.save(connection)
    return alerts


def _rebuild_person(
    connection: Connection,
    rules: Rules,
    person: str,
    posts: Sequence[WaitingInHour],
    alerts: list[Alert],
    gathered: Gathered,
    tallies: Tallies,
) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for _, hour in groupby(posts, key=lambda post: post.hour):
        state, raised, repeats, heard, present = apply_hour(rules, person, state, list(hour))
        alerts += raised
        gathered.add(person, heard)
        tallies.add_present(present)
        mark_repeated(connection, [(post.sent_at, post.key) for post in repeats])
    return state


def _rebuild_channels(
    connection: Connection, rules: Rules, topic: str, lateness: timedelta, rebuilt: Rebuilt
) -> list[Alert]:
    connection.execute(text("DELETE FROM channel_states"))
    bound = closed_bound(connection, topic, lateness)
    alerts: list[Alert] = []
    states: dict[str, dict[str, Any]] = {}
    if bound is None:
        return alerts
    take_closed_buckets(connection, bound)  # as above
    for channel, posts in groupby(closed_channel_posts(connection, bound), key=lambda post: post.channel):
        state: dict[str, Any] = {}
        for _, bucket in groupby(posts, key=lambda post: post.bucket):
            state, raised = apply_bucket(rules, channel, state, list(bucket))
            alerts += raised
        states[channel] = state
    rebuilt.channels = len(states)
    _save(connection, "channel_states", states)
    return alerts


def _save(connection: Connection, table: str, states: dict[str, dict[str, Any]]) -> None:
    lock_states(connection, table, list(states))
    save_states(connection, table, states)
    states.clear()


def _settle_alerts(
    connection: Connection, rules: Rules, alerts: Sequence[Alert], model: str, rebuilt: Rebuilt, *, send: bool
) -> None:
    before = live_alert_ids(connection)
    found = {alert.id for alert in alerts}
    restore_alerts(connection, found - before)
    fresh = [alert for alert in alerts if alert.id not in before]
    if send:
        record_people(connection, rules, fresh, model)
    else:
        record_alerts(connection, fresh, model, held=True)
    supersede_alerts(connection, before - found)
    rebuilt.alerts_kept = len(before & found)
    rebuilt.alerts_new = len(found - before)
    rebuilt.alerts_superseded = len(before - found)
