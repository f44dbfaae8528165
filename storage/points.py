"""Points: each post once, scored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from storage.bulk import copy_rows, pg_array

ERASURE_LOCK = 7_404_003  # advisory: writers share it, an erasure takes it alone

_CLAIM = text(
    """
    INSERT INTO post_keys (key, sent_at)
    SELECT claim.key, claim.sent_at
    FROM unnest(CAST(:keys AS uuid[]), CAST(:persons AS uuid[]), CAST(:times AS timestamptz[]))
         AS claim(key, person, sent_at)
    WHERE NOT EXISTS (SELECT 1 FROM opt_outs WHERE opt_outs.person = claim.person)
    ON CONFLICT DO NOTHING
    RETURNING key::text
    """
)
_COLUMNS = (
    "sent_at", "key", "person", "channel", "source", "language", "abstained",
    "scores", "model", "partition", "late", "retweet", "repeated", "digest", "words", "unknown",
)  # fmt: skip


@dataclass(slots=True)
class NewPoint:
    """A scored or abstained post on its way into the database."""

    sent_at: datetime
    key: str
    person: str
    channel: str | None
    source: str
    language: str | None
    abstained: str | None
    scores: tuple[int, ...] | None
    model: str
    partition: int
    digest: int
    text: str
    retweet: bool = False
    late: bool = False
    repeated: bool = False
    words: int | None = None
    unknown: int | None = None


def claim_keys(connection: Connection, points: Sequence[NewPoint]) -> set[str]:
    """Claim the keys nobody stored before; only these points may have any effect.

    Sorted, so that two workers that meet over the same posts wait for each other in one order.
    A person who opted out meanwhile claims nothing.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": ERASURE_LOCK})
    ordered = sorted(points, key=lambda point: point.key)
    values = {
        "keys": [point.key for point in ordered],
        "persons": [point.person for point in ordered],
        "times": [point.sent_at.isoformat() for point in ordered],
    }
    return set(connection.execute(_CLAIM, values).scalars())


def insert_points(connection: Connection, points: Iterable[NewPoint]) -> None:
    """Store points whose keys were claimed in the same transaction."""
    copy_rows(connection, "points", _COLUMNS, map(_row, points))


def _row(point: NewPoint) -> tuple[object, ...]:
    return (
        point.sent_at.isoformat(), point.key, point.person, point.channel, point.source, point.language,
        point.abstained, pg_array(point.scores), point.model, point.partition,
        point.late, point.retweet, point.repeated, point.digest, point.words, point.unknown,
    )  # fmt: skip


def insert_texts(connection: Connection, points: Iterable[NewPoint], expires_at: datetime) -> None:
    """Keep the words apart from the points, with an expiry of their own."""
    expiry = expires_at.isoformat()
    rows = ((point.key, point.text, expiry) for point in points if point.text)
    copy_rows(connection, "post_texts", ("key", "text", "expires_at"), rows)


def mark_repeated(connection: Connection, posts: Sequence[tuple[datetime, str]]) -> None:
    """Flag posts found to repeat an earlier one of the same person."""
    if not posts:
        return
    statement = text(
        """
        UPDATE points SET repeated = true
        FROM unnest(CAST(:times AS timestamptz[]), CAST(:keys AS uuid[])) AS post(sent_at, key)
        WHERE points.sent_at = post.sent_at AND points.key = post.key
        """
    )
    times = [sent_at.isoformat() for sent_at, _ in posts]
    connection.execute(statement, {"times": times, "keys": [key for _, key in posts]})


def expire_texts(connection: Connection, now: datetime) -> int:
    """Delete the words whose time is over; the points stay."""
    return connection.execute(text("DELETE FROM post_texts WHERE expires_at <= :now"), {"now": now}).rowcount


def drop_points_before(connection: Connection, now: datetime, keep: timedelta) -> int:
    """Forget points, keys and words older than `keep` by event time."""
    oldest = {"oldest": now - keep}
    connection.execute(
        text("DELETE FROM post_texts USING points WHERE post_texts.key = points.key AND points.sent_at < :oldest"),
        oldest,
    )
    dropped = connection.execute(text("DELETE FROM points WHERE sent_at < :oldest"), oldest).rowcount
    connection.execute(text("DELETE FROM post_keys WHERE sent_at < :oldest"), oldest)
    return dropped
