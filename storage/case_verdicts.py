"""What the end of a case says of its alerts."""

from datetime import datetime

from sqlalchemy import Connection, text

from storage.labels import AlertVerdict, add_alert_verdicts


def judge_case(connection: Connection, case_id: str, verdict: str, who: str, at: datetime, reason: str) -> int:
    """Give all alerts of a case this verdict; returns how many there are."""
    statement = text("SELECT alert_id::text FROM case_alerts WHERE case_id = CAST(:case AS uuid) ORDER BY alert_id")
    alerts = connection.execute(statement, {"case": case_id}).scalars()
    return add_alert_verdicts(connection, [AlertVerdict(alert, verdict, who, at, reason=reason) for alert in alerts])
