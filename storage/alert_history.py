"""What a rebuild does to alerts: none is ever deleted."""

from collections.abc import Collection

from sqlalchemy import Connection, text


def live_alert_ids(connection: Connection) -> set[str]:
    """Alerts that the present rules still find."""
    return set(map(str, connection.execute(text("SELECT id FROM alerts WHERE superseded_at IS NULL")).scalars()))


def supersede_alerts(connection: Connection, ids: Collection[str]) -> None:
    """Mark alerts that are no longer found, and do not send those that were still waiting."""
    values = {"ids": sorted(ids)}
    connection.execute(text("UPDATE alerts SET superseded_at = now() WHERE id = ANY(CAST(:ids AS uuid[]))"), values)
    connection.execute(
        text("UPDATE outbox SET state = 'held' WHERE state = 'pending' AND alert_id = ANY(CAST(:ids AS uuid[]))"),
        values,
    )


def restore_alerts(connection: Connection, ids: Collection[str]) -> None:
    """Take back the mark from alerts that are found again."""
    statement = text("UPDATE alerts SET superseded_at = NULL WHERE id = ANY(CAST(:ids AS uuid[]))")
    connection.execute(statement, {"ids": sorted(ids)})
