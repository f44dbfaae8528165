"""What every format says of a message: one line, and a few facts. No words of anybody; names are not trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TITLES = {
    "alert.raised": "Alert",
    "case.escalated": "Case escalated",
    "cases.escalated": "Cases escalated",
    "alerts.digest": "Alerts past the budget",
    "alerts.over_budget": "The alert budget is used up",
    "endpoint.disabled": "An endpoint was disabled",
    "endpoint.test": "Test",
    "drift.detected": "The input has changed",
    "heartbeat": "Heartbeat",
}
FACTS = (
    ("rule", "Rule"),
    ("subject", "About"),
    ("emotion", "Emotion"),
    ("case_id", "Case"),
    ("at", "At"),
    ("endpoint", "Endpoint"),
    ("host", "Host"),
    ("why", "Why"),
    ("count", "How many"),
    ("budget", "Budget"),
    ("waiting", "Waiting"),
)


def title(payload: Mapping[str, Any]) -> str:
    """One line that says what happened.

    >>> title({"type": "alert.raised", "data": {"severity": "high", "rule": "fear-trend", "subject_kind": "person"}})
    'Alert (high): fear-trend, person'
    >>> title({"type": "something.new", "data": {}})
    'something.new'
    """
    data = payload.get("data", {})
    kind = str(payload.get("type", ""))
    severity = f" ({data['severity']})" if data.get("severity") else ""
    about = ", ".join(str(data[name]) for name in ("rule", "subject_kind") if data.get(name))
    return TITLES.get(kind, kind) + severity + (f": {about}" if about else "")


def facts(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values worth showing, in a fixed order; lists and objects are left to the link."""
    data = payload.get("data", {})
    found = [(label, data.get(name)) for name, label in FACTS]
    return [(label, str(value)) for label, value in found if isinstance(value, str | int | float) and value != ""]


def link(payload: Mapping[str, Any]) -> str:
    return str(payload.get("data", {}).get("link", ""))


def shortened(value: str, limit: int) -> str:
    """
    >>> shortened("abcdef", 4), shortened("abc", 4)
    ('abc…', 'abc')
    """
    return value if len(value) <= limit else value[: limit - 1] + "…"
