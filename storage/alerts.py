"""Alerts and their outbox rows: written together or not at all."""

from collections.abc import Mapping, Sequence
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
    "statistic", "threshold", "severity",
)  # fmt: skip
_INSERT = text(
    """
    INSERT INTO alerts (id, rule, rule_version, subject_kind, subject, emotion, at, statistic, threshold,
                        severity, evidence, model)
    VALUES (CAST(:id AS uuid), :rule, :rule_version, :subject_kind, :subject, :emotion, :at, :statistic,
            :threshold, :severity, CAST(:evidence AS jsonb), :model)
    ON CONFLICT (id) DO NOTHING RETURNING id
    """
)
_INSERT_OUTBOX = text(
    """
    INSERT INTO outbox (alert_id, payload, state, attempts)
    VALUES (CAST(:id AS uuid), CAST(:payload AS jsonb), :state, 0)
    ON CONFLICT (alert_id) DO NOTHING
    """
)


def insert_alerts(
    connection: Connection,
    alerts: Sequence[AlertLike],
    payloads: Sequence[Mapping[str, Any]],
    model: str,
    state: str = "pending",
) -> int:
    """Write each alert that is new with the webhook that tells of it; returns how many were new.

    Both rows are written in the caller's transaction. An alert that is already there is left as it is.
    `state` is that of the outbox row: pending, or held for alerts that must never be sent.
    """
    new = 0
    ordered = sorted(zip(alerts, payloads, strict=True), key=lambda pair: pair[0].id)
    for alert, payload in ordered:
        row = {name: getattr(alert, name) for name in _FIELDS}
        row |= {"evidence": orjson.dumps(alert.evidence).decode(), "model": model}
        if connection.execute(_INSERT, row).first() is not None:
            sent = {"id": alert.id, "payload": orjson.dumps(payload).decode(), "state": state}
            connection.execute(_INSERT_OUTBOX, sent)
            new += 1
    return new
