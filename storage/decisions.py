"""Decisions: what each retraining found. A decision is written once, and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import orjson
from sqlalchemy import Connection, Row, text

Verdict = Literal["better", "equal", "worse"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Decision:
    """A challenger beside its champion. `champion` and `challenger` are versions; `labels_sha256` is a fingerprint of
    the labels that were eligible then."""

    id: str
    made_at: datetime
    champion: str
    challenger: str
    language: str
    verdict: Verdict
    reasons: tuple[str, ...]
    figures: Mapping[str, Any]
    labels_sha256: str

    @property
    def worse(self) -> bool:
        """Worse on some emotion, or altogether, beyond noise: not to be promoted without force."""
        return self.verdict == "worse"


_COLUMNS = "id::text AS id, made_at, champion, challenger, language, verdict, reasons, figures, labels_sha256"
_INSERT = text(
    """
    INSERT INTO model_decisions
        (id, made_at, champion, challenger, language, verdict, reasons, figures, labels_sha256)
    VALUES (CAST(:id AS uuid), :made_at, :champion, :challenger, :language, :verdict, :reasons,
            CAST(:figures AS jsonb), :labels_sha256)
    ON CONFLICT (id) DO NOTHING
    """
)


def add_decision(connection: Connection, decision: Decision) -> bool:
    """Whether it was new; the same decision twice is one row."""
    values = {name: getattr(decision, name) for name in Decision.__slots__}
    values |= {"reasons": list(decision.reasons), "figures": orjson.dumps(decision.figures).decode()}
    return connection.execute(_INSERT, values).rowcount == 1


def latest_for(connection: Connection, version: str) -> Decision | None:
    """The newest decision about a challenger, by its version; None for a model that no retraining made."""
    return _first(connection, "challenger = :value", version)


def latest_in(connection: Connection, language: str) -> Decision | None:
    """The newest decision of all about a language's models."""
    return _first(connection, "language = :value", language)


def decisions(connection: Connection) -> list[Decision]:
    """All, newest first."""
    found = connection.execute(text(f"SELECT {_COLUMNS} FROM model_decisions ORDER BY made_at DESC, id"))  # noqa: S608
    return [_decision(row) for row in found]


def _first(connection: Connection, where: str, value: str) -> Decision | None:
    statement = text(f"SELECT {_COLUMNS} FROM model_decisions WHERE {where} ORDER BY made_at DESC, id LIMIT 1")  # noqa: S608
    row = connection.execute(statement, {"value": value}).first()
    return _decision(row) if row else None


def _decision(row: Row[Any]) -> Decision:
    return Decision(**{**row._asdict(), "reasons": tuple(row.reasons)})
