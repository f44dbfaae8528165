"""Stored points as the detectors heard of them, and the alerts that rules would make of them. Reads only."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, text

from alerts.rules import Rules
from alerts.types import Alert
from storage.database import transaction
from storage.progress import read_progress
from storage.waiting import WaitingInBucket, WaitingInHour
from stream.channels import closed_bound
from stream.community import apply_hours, community_bound
from stream.gathered import Gathered
from stream.hours import apply_bucket, apply_hour, bucket_of, hour_of
from stream.offline_tags import Tags, summed, tags_of
from stream.progress import Progress
from stream.transfers import whole_scale

STREAMED: dict[str, Any] = {"stream_results": True, "yield_per": 5000}


class StoredAlerts(NamedTuple):
    """Alerts, and by alert what it is tagged with: the community's alert, its place among a day's findings."""

    alerts: list[Alert]
    tags: Tags


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """One moment of the database, while workers go on; Postgres itself refuses to write in it."""
    with transaction(engine) as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield connection


def stored_alerts(
    connection: Connection, rules: Rules, topic: str, lateness: timedelta, progress: Progress
) -> StoredAlerts:
    """Every alert that these rules make of all stored points whose time has closed."""
    gathered, tags = Gathered(), Tags()
    alerts = list(_of_people(connection, rules, closed_hours(connection, topic, lateness), gathered, progress))
    alerts += _of_channels(connection, rules, closed_bound(connection, topic, lateness))
    if bound := community_bound(connection, topic, lateness):
        _, cohorts, episodes = apply_hours(rules, {}, summed(gathered.voices, bound))
        alerts += cohorts
        tags = tags_of(rules, alerts, episodes.values(), gathered, bound)
    return StoredAlerts(alerts, tags)


def closed_hours(connection: Connection, topic: str, lateness: timedelta) -> dict[int, datetime]:
    """For each partition of the log, the hour before which all are closed."""
    newest = read_progress(connection, topic)
    return {partition: hour_of(time - lateness) for partition, time in newest.items() if time is not None}


def closed_posts(connection: Connection, bounds: dict[int, datetime]) -> Iterator[WaitingInHour]:
    """Every point that waited and whose hour has closed, in the order in which hours are applied."""
    scale = whole_scale(connection)
    rows = connection.execute(
        text(
            "SELECT person, sent_at, key, digest, scores, partition, language, channel, model FROM points "
            "WHERE NOT late AND NOT retweet ORDER BY person, sent_at, key"
        ).execution_options(**STREAMED),
    )
    for person, sent_at, key, digest, scores, partition, language, channel, model in rows:
        hour = hour_of(sent_at)
        if partition in bounds and hour < bounds[partition]:
            values = None if scores is None else scale.heard(model, language, str(person), tuple(scores))
            yield WaitingInHour(
                str(person), hour, sent_at, str(key), digest, values, partition, language, channel, model
            )


def closed_channel_posts(connection: Connection, bound: datetime) -> Iterator[WaitingInBucket]:
    """Every point of a channel's bucket that has closed, in the order in which buckets are applied."""
    scale = whole_scale(connection)
    rows = connection.execute(
        text(
            "SELECT channel, sent_at, key, person, scores, model, language FROM points WHERE channel IS NOT NULL "
            'AND scores IS NOT NULL AND NOT late AND sent_at < :bound ORDER BY channel COLLATE "C", sent_at, key'
        ).execution_options(**STREAMED),
        {"bound": bound},
    )
    for channel, sent_at, key, person, scores, model, language in rows:
        heard = scale.heard(model, language, str(person), tuple(scores))
        yield WaitingInBucket(channel, bucket_of(sent_at), sent_at, str(key), str(person), heard)


def _of_people(
    connection: Connection, rules: Rules, bounds: dict[int, datetime], gathered: Gathered, progress: Progress
) -> Iterator[Alert]:
    for person, posts in groupby(closed_posts(connection, bounds), key=lambda post: post.person):
        state: dict[str, Any] = {}
        for _, hour in groupby(posts, key=lambda post: post.hour):
            applied = apply_hour(rules, person, state, list(hour))
            state = applied.state
            gathered.add(person, applied.heard)
            yield from applied.alerts
        progress.advance()


def _of_channels(connection: Connection, rules: Rules, bound: datetime | None) -> Iterator[Alert]:
    posts = closed_channel_posts(connection, bound) if bound else iter(())
    for channel, its in groupby(posts, key=lambda post: post.channel):
        state: dict[str, Any] = {}
        for _, bucket in groupby(its, key=lambda post: post.bucket):
            state, alerts = apply_bucket(rules, channel, state, list(bucket))
            yield from alerts
