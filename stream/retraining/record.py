"""A decision as a file beside its model, and from there into the database: the two agree once both are looked at."""

import uuid
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy import Engine

from models.registry.shelves import model_folders
from storage.database import transaction
from storage.decisions import VERDICTS, Decision, add_decision
from storage.errors import StorageError
from storage.migrate import require_newest
from stream.settings import Settings
from stream.wiring import open_engine

RECORD, PAGE = "decision.json", "report.html"
_NAMES = uuid.UUID("6f1c9a62-6a0f-4c55-9a0e-3f7f0f0d7c11")


def decision_id(champion: str, challenger: str, labels_sha256: str) -> str:
    """The same comparison is the same decision, however often it is written."""
    return str(uuid.uuid5(_NAMES, f"{champion} {challenger} {labels_sha256}"))


def as_bytes(decision: Decision) -> bytes:
    return orjson.dumps(asdict(decision), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)


def read_record(folder: Path) -> Decision | None:
    """The decision beside a model; None where there is none, or none that can be read."""
    try:
        said = orjson.loads((folder / RECORD).read_bytes())
        made_at, reasons = datetime.fromisoformat(said["made_at"]), tuple(said["reasons"])
        decision = Decision(**{**said, "made_at": made_at, "reasons": reasons})
        return decision if decision.verdict in VERDICTS else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def settle(engine: Engine, shelf: Path) -> int:
    """Every decision that lies beside a model is in the database afterwards; how many were not.

    A retraining that dies between the two leaves the model with its record; whoever comes next settles it.
    """
    found = list(filter(None, map(read_record, model_folders(shelf))))
    if not found:
        return 0
    with transaction(engine) as connection:
        return sum(add_decision(connection, decision) for decision in found)


def settle_where_possible(settings: Settings) -> None:
    """For who only looks at models: a database that is away, or not made yet, hears of decisions later."""
    if not settings.database_url or not any(map(read_record, model_folders(settings.models_folder))):
        return
    engine = open_engine(settings)
    try:
        require_newest(engine)
        settle(engine, settings.models_folder)
    except StorageError:
        pass
    finally:
        engine.dispose()
