"""Leases: who is being asked about which post right now. A lease that is not answered runs out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

LEASE = timedelta(minutes=30)
ASKING_LOCK = 7_404_012  # advisory: one task is handed out at a time


@dataclass(frozen=True, slots=True)
class Lease:
    """What somebody was asked about, and how."""

    key: str
    queue: str
    blind: bool


_LEASE = text(
    "INSERT INTO label_leases (key, labeller, person, queue, blind, until) "
    "VALUES (CAST(:key AS uuid), :who, CAST(:person AS uuid), :queue, :blind, :until) "
    "ON CONFLICT (key, labeller) DO UPDATE SET queue = excluded.queue, blind = excluded.blind, until = excluded.until"
)


def ask_alone(connection: Connection) -> None:
    """Until this transaction ends nobody else is handed a post."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ASKING_LOCK})


def lease(connection: Connection, lease: Lease, person: str, who: str, now: datetime) -> None:
    """Note that somebody is asked about a post."""
    values = {"key": lease.key, "queue": lease.queue, "blind": lease.blind, "person": person, "who": who}
    connection.execute(_LEASE, {**values, "until": now + LEASE})


def leases_of(connection: Connection, who: str, now: datetime) -> dict[str, Lease]:
    """The posts that somebody is being asked about, by key."""
    statement = text("SELECT key::text, queue, blind FROM label_leases WHERE labeller = :who AND until > :now")
    return {row[0]: Lease(*row) for row in connection.execute(statement, {"who": who, "now": now})}


def end_lease(connection: Connection, key: str, who: str) -> None:
    """The question is answered, or given back."""
    statement = text("DELETE FROM label_leases WHERE key = CAST(:key AS uuid) AND labeller = :who")
    connection.execute(statement, {"key": key, "who": who})
