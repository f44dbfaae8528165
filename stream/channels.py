"""Closing channel buckets: each evaluated once, in order, by whichever worker gets there."""

from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection, Engine, text

from alerts.rules import Rules
from alerts.types import Alert
from storage.database import transaction
from storage.people import CHANNELS_LOCK
from storage.progress import slowest_newest
from storage.states import lock_states, save_states
from storage.waiting import WaitingInBucket, take_closed_buckets
from stream.hours import apply_bucket, bucket_of
from stream.outgoing import record_alerts


def close_channels(engine: Engine, rules: Rules, topic: str, lateness: timedelta, model: str) -> int:
    """Evaluate the buckets that every partition's stored watermark has passed; returns the alerts raised.

    Runs after the batch's own commit: of two workers that advance two partitions at once, the one that
    takes the lock last sees both.
    """
    with transaction(engine) as connection:
        bound = closed_bound(connection, topic, lateness)
        if bound is None or not _anything_before(connection, bound):
            return 0
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHANNELS_LOCK})
        closing = take_closed_buckets(connection, bound)
        alerts = _apply(connection, rules, closing)
        record_alerts(connection, alerts, model)
    return len(alerts)


def closed_bound(connection: Connection, topic: str, lateness: timedelta) -> datetime | None:
    slowest = slowest_newest(connection, topic)
    return None if slowest is None else bucket_of(slowest - lateness)


def _anything_before(connection: Connection, bound: datetime) -> bool:
    statement = text("SELECT EXISTS (SELECT 1 FROM waiting_channel_posts WHERE bucket < :bound)")
    return bool(connection.execute(statement, {"bound": bound}).scalar_one())


def _apply(connection: Connection, rules: Rules, closing: list[WaitingInBucket]) -> list[Alert]:
    states = lock_states(connection, "channel_states", {post.channel for post in closing})
    alerts: list[Alert] = []
    for (channel, _), posts in groupby(closing, key=lambda post: (post.channel, post.bucket)):
        states[channel], raised = apply_bucket(rules, channel, states[channel], list(posts))
        alerts += raised
    save_states(connection, "channel_states", states)
    return alerts
