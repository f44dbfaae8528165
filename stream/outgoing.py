"""Alerts on their way out: each alert row with its outbox row, in the caller's transaction."""

from collections.abc import Sequence

from sqlalchemy import Connection

from alerts.types import Alert
from alerts.webhook import thin_payload
from storage.alerts import insert_alerts


def record_alerts(connection: Connection, alerts: Sequence[Alert], model: str, *, held: bool = False) -> None:
    """Store alerts with their webhooks; `held` ones are kept but never sent."""
    if alerts:
        payloads = [thin_payload(alert) for alert in alerts]
        insert_alerts(connection, alerts, payloads, model, "held" if held else "pending")
