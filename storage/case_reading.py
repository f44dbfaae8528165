"""Cases as moderators look at them: lists, one case with all that is known of it, and the words behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from storage.case_history import note
from storage.cases import COLUMNS, Case

SHORTEST = 4  # characters of an id


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a list is about; what is None does not narrow it."""

    states: Sequence[str] | None = None
    rule: str | None = None
    severity: str | None = None
    subject: str | None = None
    since: datetime | None = None  # opened
    claimed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Listed(Case):
    """A case in a list."""

    alerts: int


@dataclass(frozen=True, slots=True)
class CaseAlert:
    """One alert with what became of it."""

    id: str
    rule: str
    rule_version: str
    subject_kind: str
    subject: str
    emotion: str
    at: datetime
    statistic: float
    threshold: float
    severity: str
    evidence: dict[str, Any]
    model: str
    created_at: datetime
    superseded_at: datetime | None
    tags: dict[str, Any]
    outbox: str
    silence_id: int | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message about a case to one endpoint, and how far it got."""

    message_id: str
    kind: str
    endpoint: str
    state: str
    attempts: int
    created_at: datetime
    delivered_at: datetime | None
    last_status: int | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """What a contributing post says, while it is kept."""

    key: str
    sent_at: datetime | None
    text: str | None


_ALERT = ", ".join(f"a.{field.name}" for field in fields(CaseAlert)[:-2]).replace("a.id", "a.id::text")
_DELIVERED = ", ".join(field.name for field in fields(Delivered))


def list_cases(connection: Connection, wanted: Wanted, limit: int) -> tuple[list[Listed], int]:
    """The cases that are wanted, the longest open first, and how many there are in all."""
    statement = text(
        f"""
        SELECT {COLUMNS}, (SELECT count(*) FROM case_alerts WHERE case_id = cases.id), count(*) OVER () AS total
        FROM cases
        WHERE (CAST(:states AS text[]) IS NULL OR state = ANY(:states))
          AND (CAST(:rule AS text) IS NULL OR rule = :rule)
          AND (CAST(:severity AS text) IS NULL OR severity = :severity)
          AND (CAST(:subject AS text) IS NULL OR subject = :subject)
          AND (CAST(:since AS timestamptz) IS NULL OR opened_at >= :since)
          AND (CAST(:claimed_by AS text) IS NULL OR claimed_by = :claimed_by)
        ORDER BY opened_at, id LIMIT :limit
        """  # noqa: S608 fixed
    )
    values = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    values["states"] = None if wanted.states is None else list(wanted.states)
    rows = connection.execute(statement, {**values, "limit": limit}).all()
    return [Listed(*row[:-1]) for row in rows], rows[0].total if rows else 0


def find_ids(connection: Connection, prefix: str) -> list[tuple[str, str | None]]:
    """Alerts whose id, or whose case's id, begins like this: (alert, its case)."""
    low, high = id_range(prefix)
    statement = text(
        "SELECT a.id::text, c.case_id::text FROM alerts AS a LEFT JOIN case_alerts AS c ON c.alert_id = a.id "
        "WHERE a.id BETWEEN CAST(:low AS uuid) AND CAST(:high AS uuid) ORDER BY a.id"
    )
    return [(row[0], row[1]) for row in connection.execute(statement, {"low": low, "high": high})]


def id_range(prefix: str) -> tuple[str, str]:
    """The first and the last id that begin so; raises ValueError for what begins no id.

    >>> id_range("3f2A-91")
    ('3f2a9100000000000000000000000000', '3f2a91ffffffffffffffffffffffffff')
    """
    digits = prefix.replace("-", "").lower()
    if not SHORTEST <= len(digits) <= 32 or set(digits) - set("0123456789abcdef"):
        raise ValueError(prefix)
    return digits.ljust(32, "0"), digits.ljust(32, "f")


def case_alerts(connection: Connection, case_id: str) -> list[CaseAlert]:
    """The alerts of a case, oldest first."""
    return _alerts(connection, "a.id IN (SELECT alert_id FROM case_alerts WHERE case_id = CAST(:id AS uuid))", case_id)


def one_alert(connection: Connection, alert_id: str) -> CaseAlert:
    [alert] = _alerts(connection, "a.id = CAST(:id AS uuid)", alert_id)
    return alert


def read_deliveries(connection: Connection, alert_ids: Sequence[str], case_id: str | None) -> list[Delivered]:
    """Every message about these alerts and this case, oldest first."""
    statement = text(
        f"SELECT {_DELIVERED} FROM deliveries WHERE message_id = ANY(:alerts) "  # noqa: S608 fixed
        "OR starts_with(message_id, :case || '-escalated-') ORDER BY id"
    )
    values = {"alerts": list(alert_ids), "case": case_id}
    return [Delivered(*row) for row in connection.execute(statement, values)]


def read_words(connection: Connection, keys: Sequence[str], now: datetime, who: str, case_id: str) -> list[Words]:
    """What these posts say, in the order of the keys. Looking is written into the history of the case."""
    statement = text(
        "SELECT k.key::text, p.sent_at, t.text FROM unnest(CAST(:keys AS uuid[])) WITH ORDINALITY AS k(key, place) "
        "LEFT JOIN post_keys AS p ON p.key = k.key LEFT JOIN post_texts AS t ON t.key = k.key AND t.expires_at > :now "
        "ORDER BY k.place"
    )
    words = [Words(*row) for row in connection.execute(statement, {"keys": list(keys), "now": now})]
    read = sum(each.text is not None for each in words)
    note(connection, case_id, who, "read", at=now, said=f"the words of {read} posts")
    return words


def _alerts(connection: Connection, which: str, value: str) -> list[CaseAlert]:
    statement = text(
        f"SELECT {_ALERT}, o.state, o.silence_id FROM alerts AS a JOIN outbox AS o ON o.alert_id = a.id "  # noqa: S608
        f"WHERE {which} ORDER BY a.at, a.id"
    )
    return [CaseAlert(*row) for row in connection.execute(statement, {"id": value})]
