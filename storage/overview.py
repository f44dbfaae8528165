"""Counts for `tideline status` and the demo's last page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from storage.outbox import PROGRESS

_COUNTS = text(
    "SELECT count(*) AS points, count(scores) AS scored, count(*) - count(scores) AS abstained, "
    "count(*) FILTER (WHERE late) AS late, count(*) FILTER (WHERE repeated OR retweet) AS repeats, "
    "count(DISTINCT person) AS people, count(DISTINCT channel) AS channels, "
    "min(sent_at) AS first, max(sent_at) AS last FROM points"
)


def count_points(connection: Connection) -> Mapping[str, Any]:
    return dict(connection.execute(_COUNTS).mappings().one())


def count_alerts(connection: Connection) -> dict[str, int]:
    """Alerts that stand, by rule."""
    statement = text("SELECT rule, count(*) FROM alerts WHERE superseded_at IS NULL GROUP BY 1 ORDER BY 1")
    return {row[0]: row[1] for row in connection.execute(statement)}


def count_outbox(connection: Connection) -> dict[str, int]:
    """Alerts by how far the telling of them has come."""
    statement = text(f"SELECT {PROGRESS}, count(*) FROM outbox AS o GROUP BY 1 ORDER BY 1")  # noqa: S608 fixed
    return {row[0]: row[1] for row in connection.execute(statement)}


def count_cases(connection: Connection) -> dict[str, int]:
    statement = text("SELECT state, count(*) FROM cases GROUP BY 1 ORDER BY 1")
    return {row[0]: row[1] for row in connection.execute(statement)}


def count_versions(connection: Connection) -> dict[str, int]:
    """Points by the model version that scored them."""
    statement = text("SELECT model, count(*) FROM points GROUP BY 1 ORDER BY 1")
    return {row[0]: row[1] for row in connection.execute(statement)}


def count_languages(connection: Connection) -> dict[str | None, int]:
    """Points by language, most first; None where there was no text. A post may declare anything for a language."""
    statement = text("SELECT language, count(*) FROM points GROUP BY 1 ORDER BY 2 DESC, 1")
    return {row[0]: row[1] for row in connection.execute(statement)}


def count_waiting(connection: Connection) -> dict[str, int]:
    statement = text(
        "SELECT (SELECT count(*) FROM waiting_posts) AS hours, (SELECT count(*) FROM waiting_channel_posts) AS channels"
    )
    return dict(connection.execute(statement).mappings().one())


def read_watermarks(connection: Connection, topic: str) -> list[tuple[int, datetime | None, int]]:
    statement = text(
        "SELECT partition, newest, next_offset FROM partition_progress WHERE topic = :topic ORDER BY partition"
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(statement, {"topic": topic})]
