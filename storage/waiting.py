"""Posts that wait for their hour (person) or their five minutes (channel) to close."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from storage.bulk import copy_rows, pg_array


class WaitingInHour(NamedTuple):
    """A person's post in an open hour; sorts, at tuple speed, into the order in which it will be applied."""

    person: str
    hour: datetime
    sent_at: datetime
    key: str
    digest: int
    scores: tuple[int, ...] | None
    partition: int
    language: str | None = None
    channel: str | None = None
    model: str | None = None


class WaitingInBucket(NamedTuple):
    """A channel's post in open five minutes; sorts into the order in which it will be applied."""

    channel: str
    bucket: datetime
    sent_at: datetime
    key: str
    person: str
    scores: tuple[int, ...]


def add_to_hours(connection: Connection, posts: Iterable[WaitingInHour]) -> None:
    columns = ("partition", "hour", "person", "sent_at", "key", "digest", "scores", "language", "channel", "model")
    rows = (
        (
            p.partition,
            p.hour.isoformat(),
            p.person,
            p.sent_at.isoformat(),
            p.key,
            p.digest,
            pg_array(p.scores),
            p.language,
            p.channel,
            p.model,
        )
        for p in posts
    )
    copy_rows(connection, "waiting_posts", columns, rows)


def take_closed_hours(connection: Connection, closed_before: Mapping[int, datetime]) -> list[WaitingInHour]:
    """Take the posts whose hour begins before their partition's bound."""
    if not closed_before:
        return []
    statement = text(
        """
        DELETE FROM waiting_posts USING unnest(CAST(:partitions AS smallint[]), CAST(:bounds AS timestamptz[]))
               AS closed(partition, bound)
        WHERE waiting_posts.partition = closed.partition AND waiting_posts.hour < closed.bound
        RETURNING person::text, hour, sent_at, key::text, digest, scores, waiting_posts.partition, language, channel,
                  model
        """
    )
    values = {
        "partitions": list(closed_before),
        "bounds": [bound.isoformat() for bound in closed_before.values()],
    }
    return [_in_hour(row) for row in connection.execute(statement, values)]


def _in_hour(row: Sequence[Any]) -> WaitingInHour:
    person, hour, sent_at, key, digest, scores, partition, language, channel, model = row
    return WaitingInHour(person, hour, sent_at, key, digest, _scores(scores), partition, language, channel, model)


def _scores(scores: Sequence[int] | None) -> tuple[int, ...] | None:
    return None if scores is None else tuple(scores)


def add_to_buckets(connection: Connection, posts: Iterable[WaitingInBucket]) -> None:
    columns = ("bucket", "channel", "sent_at", "key", "person", "scores")
    rows = (
        (p.bucket.isoformat(), p.channel, p.sent_at.isoformat(), p.key, p.person, pg_array(p.scores)) for p in posts
    )
    copy_rows(connection, "waiting_channel_posts", columns, rows)


def take_closed_buckets(connection: Connection, closed_before: datetime) -> list[WaitingInBucket]:
    """Take the channel posts whose bucket begins before the bound, sorted to be applied."""
    statement = text(
        "DELETE FROM waiting_channel_posts WHERE bucket < :bound "
        "RETURNING channel, bucket, sent_at, key::text, person::text, scores"
    )
    rows = connection.execute(statement, {"bound": closed_before})
    return sorted(WaitingInBucket(row[0], row[1], row[2], row[3], row[4], tuple(row[5])) for row in rows)
