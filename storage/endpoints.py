"""Endpoints: who gets webhooks. Addresses and secrets come here sealed and leave sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from storage.errors import StorageError

SETTINGS = "settings"  # the endpoint that TIDELINE_WEBHOOK_URL names
UNSET = "TIDELINE_WEBHOOK_URL is not set"


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """What an endpoint is made of."""

    name: str
    url: bytes | None
    host: str
    format: str
    audiences: Sequence[str]
    fingerprint: str = ""  # of an address that may change
    least_severity: str = "low"
    per_minute: int | None = None
    heartbeat_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class StoredEndpoint:
    """An endpoint as it stands."""

    name: str
    url: bytes | None
    host: str
    format: str
    audiences: tuple[str, ...]
    least_severity: str
    per_minute: int | None
    heartbeat_minutes: int | None
    enabled: bool
    disabled_at: datetime | None
    disabled_why: str | None
    blocked_until: datetime | None
    failing_since: datetime | None
    failures: int
    last_success_at: datetime | None
    created_at: datetime


COLUMNS = ", ".join(StoredEndpoint.__dataclass_fields__)
_INSERT = text(
    """
    INSERT INTO endpoints (name, url, host, fingerprint, format, audiences, least_severity, per_minute,
                           heartbeat_minutes, heartbeat_at, created_at)
    VALUES (:name, :url, :host, :fingerprint, :format, :audiences, :least_severity, CAST(:per_minute AS integer),
            CAST(:heartbeat_minutes AS integer),
            CASE WHEN CAST(:heartbeat_minutes AS integer) IS NULL THEN NULL ELSE CAST(:now AS timestamptz) END, :now)
    ON CONFLICT (name) DO NOTHING
    """
)
_AFRESH = (
    "enabled = true, disabled_at = NULL, disabled_why = NULL, report_at = NULL, blocked_until = NULL, "
    "failing_since = NULL, failures = 0"
)


def stored(row: Row[Any]) -> StoredEndpoint:
    values = {name: getattr(row, name) for name in StoredEndpoint.__dataclass_fields__}
    url = None if row.url is None else bytes(row.url)
    return StoredEndpoint(**(values | {"audiences": tuple(row.audiences), "url": url}))


def add_endpoint(connection: Connection, new: NewEndpoint, now: datetime) -> bool:
    """Enter an endpoint, enabled; False when there is one of that name already."""
    values = {name: getattr(new, name) for name in NewEndpoint.__dataclass_fields__}
    values |= {"audiences": list(new.audiences), "now": now}
    return connection.execute(_INSERT, values).rowcount == 1


def list_endpoints(connection: Connection) -> list[StoredEndpoint]:
    rows = connection.execute(text(f"SELECT {COLUMNS} FROM endpoints ORDER BY name"))  # noqa: S608 fixed names
    return [stored(row) for row in rows]


def find_endpoint(connection: Connection, name: str) -> StoredEndpoint:
    statement = text(f"SELECT {COLUMNS} FROM endpoints WHERE name = :name")  # noqa: S608 fixed names
    row = connection.execute(statement, {"name": name}).first()
    if row is None:
        raise StorageError(f"there is no endpoint {name!r}: `tideline endpoints list` shows those there are")
    return stored(row)


def any_enabled(connection: Connection) -> bool:
    return bool(connection.execute(text("SELECT EXISTS (SELECT 1 FROM endpoints WHERE enabled)")).scalar_one())


def enable_endpoint(connection: Connection, name: str, now: datetime) -> None:
    """Begin afresh: no pause, no failures, and what waits is due at once."""
    find_endpoint(connection, name)
    connection.execute(text(f"UPDATE endpoints SET {_AFRESH} WHERE name = :name"), {"name": name})  # noqa: S608
    hasten(connection, name, now)


def disable_endpoint(connection: Connection, name: str, now: datetime, why: str, *, report: bool) -> bool:
    """Send it nothing more; what waits for it stays. `report`: somebody else has to be told. False if it was off."""
    statement = text(
        "UPDATE endpoints SET enabled = false, disabled_at = :now, disabled_why = :why, "
        "report_at = CASE WHEN :report THEN CAST(:now AS timestamptz) END WHERE name = :name AND enabled"
    )
    values = {"name": name, "now": now, "why": why, "report": report}
    return connection.execute(statement, values).rowcount == 1


def remove_endpoint(connection: Connection, name: str) -> None:
    """Forget it with its secrets and its deliveries."""
    find_endpoint(connection, name)
    connection.execute(text("DELETE FROM endpoints WHERE name = :name"), {"name": name})


def hasten(connection: Connection, name: str, now: datetime) -> None:
    """It answers again: what waits for its next attempt need not wait longer."""
    statement = text(
        "UPDATE deliveries SET next_attempt_at = :now WHERE endpoint = :name AND state = 'pending' "
        "AND next_attempt_at > :now AND claimed_until IS NULL"
    )
    connection.execute(statement, {"name": name, "now": now})


def keep_settings_endpoint(connection: Connection, host: str, fingerprint: str, now: datetime) -> None:
    """Make the endpoint `settings` equal to TIDELINE_WEBHOOK_URL. A changed address begins afresh."""
    new = NewEndpoint(SETTINGS, None, host, "generic", ("moderators", "lead", "operators"), fingerprint)
    if add_endpoint(connection, new, now):
        return
    changed = text(
        f"UPDATE endpoints SET host = :host, fingerprint = :fingerprint, {_AFRESH} "  # noqa: S608 fixed names
        "WHERE name = :name AND (fingerprint <> :fingerprint OR disabled_why = :unset)"
    )
    values = {"name": SETTINGS, "host": host, "fingerprint": fingerprint, "unset": UNSET}
    if connection.execute(changed, values).rowcount:
        hasten(connection, SETTINGS, now)


def write_url(connection: Connection, name: str, url: bytes) -> None:
    """The same address, sealed anew."""
    connection.execute(text("UPDATE endpoints SET url = :url WHERE name = :name"), {"name": name, "url": url})
