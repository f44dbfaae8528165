"""Endpoints that were disabled and that somebody has to be told of."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from storage.endpoints import COLUMNS, StoredEndpoint, stored

_TAKE = text(
    f"SELECT {COLUMNS} FROM endpoints WHERE report_at <= :now ORDER BY name FOR NO KEY UPDATE SKIP LOCKED"  # noqa: S608
)


def take_unreported(connection: Connection, now: datetime) -> list[StoredEndpoint]:
    """Those to tell of now, each to one caller alone until its transaction ends."""
    return [stored(row) for row in connection.execute(_TAKE, {"now": now})]


def report_again(connection: Connection, names: Sequence[str], at: datetime | None) -> None:
    """When to try to tell of them next; None: somebody has been told."""
    statement = text("UPDATE endpoints SET report_at = CAST(:at AS timestamptz) WHERE name = ANY(:names)")
    connection.execute(statement, {"at": at, "names": list(names)})
