"""Alerts and their outbox rows: written together or not at all."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, text


class AlertLike(Protocol):
    """What an alert must say of itself to be stored; `alerts.types.Alert` does."""

    @property
    def id(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def rule_version(self) -> str: ...
    @property
    def subject_kind(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def emotion(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def statistic(self) -> float: ...
    @property
    def threshold(self) -> float: ...
    @property
    def severity(self) -> str: ...
    @property
    def evidence(self) -> Mapping[str, Any]: ...


_FIELDS = (
    "id", "rule", "rule_version", "subject_kind", "subject", "emotion", "at",
    "statistic", "threshold", "severity", "evidence",
)  # fmt: skip
_TYPES = {"id": "uuid", "at": "timestamptz", "statistic": "float8", "threshold": "float8", "evidence": "jsonb"}
_ARRAYS = ", ".join(f"CAST(:{name} AS {_TYPES.get(name, 'text')}[])" for name in _FIELDS)
_NAMES = ", ".join(_FIELDS)
_INSERT = text(
    f"INSERT INTO alerts ({_NAMES}, model) SELECT row.*, :model FROM unnest({_ARRAYS}) AS row({_NAMES}) "  # noqa: S608
    "ON CONFLICT (id) DO NOTHING RETURNING id::text"
)
_INSERT_OUTBOX = text(
    "INSERT INTO outbox (alert_id, state) SELECT id, :state FROM alerts WHERE id = ANY(CAST(:ids AS uuid[])) "
    "ORDER BY at, id ON CONFLICT (alert_id) DO NOTHING"
)


def insert_alerts(connection: Connection, alerts: Iterable[AlertLike], model: str, state: str = "pending") -> list[str]:
    """Write each alert that is new with its outbox row, in the caller's transaction; returns the ids of the new ones.

    An alert that is already there is left as it is. `state` is that of the outbox row; see storage/outbox.py.
    In the outbox they stand in the order of their time.
    """
    ordered = sorted(alerts, key=lambda alert: alert.id)
    columns: dict[str, list[Any]] = {name: [getattr(alert, name) for alert in ordered] for name in _FIELDS}
    columns["evidence"] = [orjson.dumps(evidence).decode() for evidence in columns["evidence"]]
    columns["at"] = [at.isoformat() for at in columns["at"]]
    new = connection.execute(_INSERT, {**columns, "model": model}).scalars().all() if ordered else []
    if new:
        connection.execute(_INSERT_OUTBOX, {"ids": new, "state": state})
    return list(new)
