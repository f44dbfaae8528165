"""How far each partition has been read, in event time: the ground on which lateness is judged."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from storage.database import transaction


def register_partitions(connection: Connection, topic: str, partitions: int) -> None:
    """Know every partition before the first post, so that a silent one holds the channels' clock back."""
    connection.execute(
        text(
            "INSERT INTO partition_progress (topic, partition, next_offset) "
            "SELECT :topic, number, 0 FROM generate_series(0, :last) AS number ON CONFLICT DO NOTHING"
        ),
        {"topic": topic, "last": partitions - 1},
    )


def lock_progress(connection: Connection, topic: str, partitions: Iterable[int]) -> dict[int, datetime | None]:
    """Lock partitions in order and read their newest event times.

    The lock makes two workers that meet over one partition (around a rebalance) take turns.
    """
    wanted = sorted(partitions)
    register_missing = text(
        "INSERT INTO partition_progress (topic, partition, next_offset) "
        "SELECT :topic, unnest(CAST(:wanted AS smallint[])), 0 ON CONFLICT DO NOTHING"
    )
    select = text(
        "SELECT partition, newest FROM partition_progress "
        "WHERE topic = :topic AND partition = ANY(CAST(:wanted AS smallint[])) ORDER BY partition FOR UPDATE"
    )
    values = {"topic": topic, "wanted": wanted}
    found = {row[0]: row[1] for row in connection.execute(select, values)}
    if len(found) < len(wanted):
        connection.execute(register_missing, values)
        found = {row[0]: row[1] for row in connection.execute(select, values)}
    return found


def save_progress(
    connection: Connection, topic: str, newest: Mapping[int, datetime | None], offsets: Mapping[int, int]
) -> None:
    rows = sorted(newest)
    connection.execute(
        text(
            """
            UPDATE partition_progress AS progress
            SET newest = greatest(progress.newest, row.newest), next_offset = row.next_offset, stored_at = now()
            FROM unnest(CAST(:partitions AS smallint[]), CAST(:newest AS timestamptz[]), CAST(:offsets AS bigint[]))
                 AS row(partition, newest, next_offset)
            WHERE progress.topic = :topic AND progress.partition = row.partition
            """
        ),
        {
            "topic": topic,
            "partitions": rows,
            "newest": [_iso(newest[row]) for row in rows],
            "offsets": [offsets.get(row, 0) for row in rows],
        },
    )


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def slowest_newest(connection: Connection, topic: str) -> datetime | None:
    """The newest event time of the partition furthest behind; None while one has seen nothing."""
    row = connection.execute(
        text("SELECT min(newest), count(*) = count(newest) FROM partition_progress WHERE topic = :topic"),
        {"topic": topic},
    ).one()
    return row[0] if row[1] else None


def partition_count(connection: Connection, topic: str) -> int:
    statement = text("SELECT count(*) FROM partition_progress WHERE topic = :topic")
    return int(connection.execute(statement, {"topic": topic}).scalar_one())


def read_progress(connection: Connection, topic: str) -> dict[int, datetime | None]:
    statement = text("SELECT partition, newest FROM partition_progress WHERE topic = :topic ORDER BY partition")
    return {row[0]: row[1] for row in connection.execute(statement, {"topic": topic})}


def forget_offsets(engine: Engine, topic: str) -> None:
    """The log began anew (an embedded broker forgets); event times stay, offsets do not."""
    with transaction(engine) as connection:
        connection.execute(text("UPDATE partition_progress SET next_offset = 0 WHERE topic = :t"), {"t": topic})
