"""Forecasts: the newest of each subject. An older one never replaces a newer, so that runs may repeat and overlap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from storage.bulk import copy_rows
from storage.points import ERASURE_LOCK


@dataclass(frozen=True, slots=True)
class StoredForecast:
    """One row; see `storage/forecast_tables.py` for what the numbers are."""

    subject_kind: str
    subject: str
    horizon: int
    emotion: str
    from_day: date
    mean: float
    median: float
    low80: float
    high80: float
    low95: float
    high95: float
    level_low80: float
    level_high80: float
    level_low95: float
    level_high95: float
    posts: int
    days: int
    posts_a_day: float
    days_a_week: float
    version: str


_COLUMNS = tuple(each.name for each in fields(StoredForecast))
_KEY = ("subject_kind", "subject", "horizon", "emotion")
_LIST = ", ".join(_COLUMNS)
_CHANGES = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS if name not in _KEY)
_MERGE = text(
    f"""
    INSERT INTO forecasts ({_LIST}) SELECT {_LIST} FROM new_forecasts AS new
    WHERE subject_kind <> 'person' OR NOT EXISTS (SELECT 1 FROM opt_outs WHERE opt_outs.person::text = new.subject)
    ORDER BY {", ".join(_KEY)}
    ON CONFLICT ({", ".join(_KEY)}) DO UPDATE SET {_CHANGES}, made_at = now()
    WHERE forecasts.from_day <= EXCLUDED.from_day
    """  # noqa: S608 only column names are formatted in
)


def save_forecasts(connection: Connection, rows: Iterable[Sequence[Any]]) -> int:
    """Store rows in the order of `StoredForecast`; returns how many were new or newer.

    A person who opted out meanwhile is left out: nobody's erasure can run at the same time.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": ERASURE_LOCK})
    connection.execute(text(f"CREATE TEMP TABLE new_forecasts ON COMMIT DROP AS SELECT {_LIST} FROM forecasts LIMIT 0"))  # noqa: S608
    copy_rows(connection, "new_forecasts", _COLUMNS, rows)
    return connection.execute(_MERGE).rowcount


def forget_forecasts(connection: Connection, kind: str, subject: str, day: date) -> None:
    """For a subject of whom nothing can be said any more; a forecast from a later day stays."""
    statement = text("DELETE FROM forecasts WHERE subject_kind = :kind AND subject = :subject AND from_day <= :day")
    connection.execute(statement, {"kind": kind, "subject": subject, "day": day})


def drop_forecasts_before(connection: Connection, kind: str, day: date) -> int:
    """Drop what a newer run no longer makes: subjects that fell silent keep no old forecast."""
    statement = text("DELETE FROM forecasts WHERE subject_kind = :kind AND from_day < :day")
    return connection.execute(statement, {"kind": kind, "day": day}).rowcount


def read_forecasts(connection: Connection, kind: str, subject: str | None = None) -> list[StoredForecast]:
    """Those of one subject, or of all of a kind."""
    statement = text(
        f"SELECT {_LIST} FROM forecasts WHERE subject_kind = :kind "  # noqa: S608 only column names are formatted in
        "AND (CAST(:subject AS text) IS NULL OR subject = :subject) ORDER BY subject, horizon, emotion"
    )
    return [StoredForecast(*row) for row in connection.execute(statement, {"kind": kind, "subject": subject})]
