"""What a rebuild does to alerts: none is ever deleted."""

from collections.abc import Collection

from sqlalchemy import Connection, text

from storage.case_history import SYSTEM, note

_HOLD = text(
    "UPDATE outbox SET state = 'held' WHERE alert_id = ANY(CAST(:ids AS uuid[])) AND (state IN ('pending', 'waiting') "
    "OR state = 'digested' AND EXISTS (SELECT 1 FROM alert_budgets WHERE id = budget_id AND digested_at IS NULL))"
)
_CASES = text(
    "SELECT cases.id::text, count(*), state FROM case_alerts JOIN cases ON cases.id = case_id "
    "WHERE alert_id = ANY(CAST(:ids AS uuid[])) AND state <> 'closed' GROUP BY cases.id ORDER BY cases.id"
)
_CLOSE = text(
    "UPDATE cases SET state = 'closed', reason = 'superseded', closed_at = now() FROM cases AS was "
    "WHERE was.id = cases.id AND cases.state IN ('open', 'escalated') AND cases.id IN "
    "(SELECT case_id FROM case_alerts WHERE alert_id = ANY(CAST(:ids AS uuid[]))) AND NOT EXISTS "
    "(SELECT 1 FROM case_alerts AS c JOIN alerts AS a ON a.id = c.alert_id "
    "WHERE c.case_id = cases.id AND a.superseded_at IS NULL) RETURNING cases.id::text, was.state"
)


def live_alert_ids(connection: Connection) -> set[str]:
    """Alerts that the present rules still find."""
    return set(map(str, connection.execute(text("SELECT id FROM alerts WHERE superseded_at IS NULL")).scalars()))


def supersede_alerts(connection: Connection, ids: Collection[str]) -> None:
    """Mark alerts that are no longer found, and do not tell of those that nobody was told of yet.

    A case that nobody has claimed and that is about such alerts alone is closed; any other is left to the
    moderators, with a line in its history.
    """
    values = {"ids": sorted(ids)}
    connection.execute(text("UPDATE alerts SET superseded_at = now() WHERE id = ANY(CAST(:ids AS uuid[]))"), values)
    connection.execute(_HOLD, values)
    for case, alerts, state in connection.execute(_CASES, values).all():
        said = f"a rebuild no longer finds {alerts} of its alerts"
        note(connection, case, SYSTEM, "superseded", before=state, after=state, said=said)
    for case, state in connection.execute(_CLOSE, values).all():
        note(connection, case, SYSTEM, "closed", before=state, after="closed", said="superseded")


def restore_alerts(connection: Connection, ids: Collection[str]) -> None:
    """Take back the mark from alerts that are found again."""
    statement = text("UPDATE alerts SET superseded_at = NULL WHERE id = ANY(CAST(:ids AS uuid[]))")
    connection.execute(statement, {"ids": sorted(ids)})
