"""Alerts for the API of a Prometheus Alertmanager: the endpoint's address ends in /api/v2/alerts.

After https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml (`postableAlerts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from alerts.delivery.formats.words import link, shortened, title

STANDS = timedelta(days=1)  # an alert that is not sent again would be taken for solved after five minutes
LONGEST = 200
LABELS = ("rule", "severity", "subject_kind", "subject", "emotion", "case_id", "endpoint")


def alertmanager(payload: Mapping[str, Any], message_id: str, since: datetime) -> list[dict[str, Any]]:
    """One alert. Its labels are its identity there: a repetition is the same alert."""
    data = payload.get("data", {})
    labels = {name: shortened(str(data[name]), LONGEST) for name in LABELS if data.get(name)}
    labels |= {"alertname": f"tideline {payload.get('type', '')}".strip(), "message_id": message_id}
    alert: dict[str, Any] = {
        "labels": labels,
        "annotations": {"summary": title(payload)},
        "startsAt": since.isoformat(),
        "endsAt": (since + STANDS).isoformat(),
    }
    if target := link(payload):
        alert["generatorURL"] = target
    return [alert]
