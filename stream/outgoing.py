"""Alerts on their way out: each alert row with its outbox row and its case, in the caller's transaction."""

from collections.abc import Sequence

from sqlalchemy import Connection

from alerts.types import Alert
from storage.alerts import insert_alerts
from storage.case_opening import open_cases


def record_alerts(connection: Connection, alerts: Sequence[Alert], model: str, *, held: bool = False) -> None:
    """Store alerts to be told, each with its case. `held` ones and those of shadow rules are kept but never told."""
    told = [alert for alert in alerts if not (held or alert.shadow)]
    kept = [alert for alert in alerts if held or alert.shadow]
    insert_alerts(connection, kept, model, "held")
    open_cases(connection, insert_alerts(connection, told, model))
