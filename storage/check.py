"""Everything stored, read back for comparison with the offline oracle."""

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from storage.series import HourKey

PointRow = tuple[Any, ...]


def read_points(connection: Connection) -> Iterator[tuple[str, PointRow]]:
    """Every point as (key, what must be the same)."""
    statement = text(
        "SELECT key::text, sent_at, person::text, channel, source, language, abstained, scores, model, partition, "
        "late, retweet, repeated, digest FROM points"
    )
    rows = connection.execute(statement.execution_options(stream_results=True, yield_per=5000))
    for key, *values in rows:
        values[6] = None if values[6] is None else tuple(values[6])
        yield key, tuple(values)


def read_versions(connection: Connection) -> dict[str, str]:
    """By a post's key, the model version that scored it or abstained."""
    statement = text("SELECT key::text, model FROM points").execution_options(stream_results=True, yield_per=5000)
    return {key: sys.intern(model) for key, model in connection.execute(statement)}


def read_hours(connection: Connection) -> dict[HourKey, tuple[int, int, tuple[int, ...]]]:
    statement = text("SELECT channel, hour, partition, posts, scored, sums FROM channel_hours")
    return {
        (channel, hour, partition): (posts, scored, tuple(sums))
        for channel, hour, partition, posts, scored, sums in connection.execute(statement)
    }


def read_alerts(connection: Connection) -> dict[str, tuple[Any, ...]]:
    statement = text(
        "SELECT id::text, rule, rule_version, subject_kind, subject, emotion, at, statistic, threshold, severity, "
        "evidence FROM alerts WHERE superseded_at IS NULL"
    )
    return {row[0]: tuple(row[1:]) for row in connection.execute(statement)}


def read_newest(connection: Connection, topic: str) -> dict[int, datetime]:
    statement = text("SELECT partition, newest FROM partition_progress WHERE topic = :topic AND newest IS NOT NULL")
    return {row[0]: row[1] for row in connection.execute(statement, {"topic": topic})}


def unpaired(connection: Connection) -> int:
    """Alerts without an outbox row and outbox rows without an alert: must be none."""
    statement = text(
        "SELECT count(*) FROM alerts FULL JOIN outbox ON outbox.alert_id = alerts.id "
        "WHERE alerts.id IS NULL OR outbox.id IS NULL"
    )
    return int(connection.execute(statement).scalar_one())


def keys_without_points(connection: Connection) -> int:
    """Claimed keys whose point is missing: must be none."""
    statement = text(
        "SELECT count(*) FROM post_keys LEFT JOIN points ON points.key = post_keys.key "
        "AND points.sent_at = post_keys.sent_at WHERE points.key IS NULL"
    )
    return int(connection.execute(statement).scalar_one())
