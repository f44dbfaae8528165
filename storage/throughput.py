"""What was stored in each minute of the clock, for people who operate Tideline. Nothing decides by it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

MINUTES = timedelta(days=14)  # after that, hours are enough


@dataclass(frozen=True, slots=True)
class BatchCount:
    """One batch: its counts, and the seconds from its first message read to its last row written."""

    posts: int
    scored: int
    abstained: int
    late: int
    set_aside: int
    seconds: float


_ADD = text(
    """
    INSERT INTO throughput AS t (minute, partition, posts, scored, abstained, late, set_aside, batches, seconds,
                                 slowest)
    VALUES (date_trunc('minute', CAST(:at AS timestamptz)), :partition, :posts, :scored, :abstained, :late,
            :set_aside, 1, :seconds, :seconds)
    ON CONFLICT (minute, partition) DO UPDATE
    SET posts = t.posts + EXCLUDED.posts, scored = t.scored + EXCLUDED.scored,
        abstained = t.abstained + EXCLUDED.abstained, late = t.late + EXCLUDED.late,
        set_aside = t.set_aside + EXCLUDED.set_aside, batches = t.batches + 1,
        seconds = t.seconds + EXCLUDED.seconds, slowest = greatest(t.slowest, EXCLUDED.slowest)
    """
)


_COUNT = text("SELECT count(*) FROM throughput WHERE minute < :old")
_FOLD = text(
    """
    WITH folded AS (
        DELETE FROM throughput WHERE minute < :old AND date_trunc('hour', minute, 'UTC') <> minute RETURNING *
    )
    INSERT INTO throughput AS t (minute, partition, posts, scored, abstained, late, set_aside, batches, seconds,
                                 slowest)
    SELECT date_trunc('hour', minute, 'UTC'), partition, sum(posts), sum(scored), sum(abstained), sum(late),
           sum(set_aside), sum(batches), sum(seconds), max(slowest)
    FROM folded GROUP BY 1, 2
    ON CONFLICT (minute, partition) DO UPDATE
    SET posts = t.posts + EXCLUDED.posts, scored = t.scored + EXCLUDED.scored,
        abstained = t.abstained + EXCLUDED.abstained, late = t.late + EXCLUDED.late,
        set_aside = t.set_aside + EXCLUDED.set_aside, batches = t.batches + EXCLUDED.batches,
        seconds = t.seconds + EXCLUDED.seconds, slowest = greatest(t.slowest, EXCLUDED.slowest)
    """
)


def add_batch(connection: Connection, at: datetime, partition: int, batch: BatchCount) -> None:
    """Count a batch under the lowest of its partitions, which it has locked: so no two workers meet over a row."""
    connection.execute(_ADD, {"at": at, "partition": partition, **asdict(batch)})


def fold_throughput(connection: Connection, now: datetime) -> int:
    """Make hours of the minutes of more than two weeks ago, in place; returns how many rows that spared.

    A row of an hour is that of its first minute.
    """
    old = {"old": (now - MINUTES).replace(minute=0, second=0, microsecond=0)}
    before = connection.execute(_COUNT, old).scalar_one()
    connection.execute(_FOLD, old)
    return int(before - connection.execute(_COUNT, old).scalar_one())
