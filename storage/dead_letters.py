"""Dead letters: messages set aside, with where they came from and why."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

LARGEST_PAYLOAD = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SetAside:
    """One message that cannot be used. Nothing here but `payload` holds words or names of a person."""

    reason: str
    advice: str
    topic: str
    partition: int
    log_offset: int
    log_time: datetime | None
    payload: bytes
    code: str
    model: str
    file: str | None = None
    line: int | None = None
    redrive_of: str | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.payload).hexdigest()

    @property
    def id(self) -> str:
        """The same message read twice is one dead letter."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.topic}/{self.partition}/{self.log_offset}/{self.digest}"))


@dataclass(frozen=True, slots=True)
class Stored:
    """A dead letter as the operator sees it."""

    id: str
    reason: str
    advice: str
    digest: str
    topic: str
    partition: int
    log_offset: int
    log_time: datetime | None
    file: str | None
    line: int | None
    code: str
    model: str
    attempts: int
    state: str
    published: bool
    set_aside_at: datetime
    size: int


_INSERT = text(
    """
    INSERT INTO dead_letters (id, reason, advice, digest, topic, partition, log_offset, log_time, file, line,
                              payload, code, model, attempts, state, published)
    VALUES (:id, :reason, :advice, :digest, :topic, :partition, :log_offset, :log_time, :file, :line,
            :payload, :code, :model, 1, 'open', false)
    ON CONFLICT (id) DO UPDATE
    SET attempts = dead_letters.attempts + 1, state = 'open', reason = EXCLUDED.reason,
        advice = EXCLUDED.advice, code = EXCLUDED.code, model = EXCLUDED.model, published = false
    WHERE dead_letters.state = 'redriven'
    """
)
_SELECT = (
    "SELECT id::text, reason, advice, digest, topic, partition, log_offset, log_time, file, line, code, model, "
    "attempts, state, published, set_aside_at, length(payload) AS size FROM dead_letters"
)


def insert_dead_letters(connection: Connection, letters: Sequence[SetAside]) -> None:
    """Store letters; one that was redriven, and holds the very same message, goes back to its old row."""
    if letters:
        known = _redriven(connection, letters)
        named = [(letter.redrive_of if letter in known else letter.id, letter) for letter in letters]
        rows = [_values(letter) | {"id": name} for name, letter in sorted(named, key=lambda pair: str(pair[0]))]
        connection.execute(_INSERT, rows)


def _redriven(connection: Connection, letters: Sequence[SetAside]) -> set[SetAside]:
    """Which letters name an older one with their own content. The name is a producer's word, so it is checked."""
    claims = [letter for letter in letters if letter.redrive_of is not None]
    if not claims:
        return set()
    statement = text("SELECT id::text, digest FROM dead_letters WHERE id = ANY(CAST(:ids AS uuid[]))")
    found = set(map(tuple, connection.execute(statement, {"ids": [letter.redrive_of for letter in claims]})))
    return {letter for letter in claims if (letter.redrive_of, letter.digest) in found}


def _values(letter: SetAside) -> dict[str, object]:
    names = (
        "reason",
        "topic",
        "partition",
        "log_offset",
        "log_time",
        "line",
        "code",
        "model",
        "digest",
    )
    values: dict[str, object] = {name: getattr(letter, name) for name in names}
    return values | {
        "advice": letter.advice[:500],
        "file": letter.file,
        "payload": letter.payload[:LARGEST_PAYLOAD],
    }


def count_dead_letters(connection: Connection) -> dict[str, int]:
    """Open dead letters by reason."""
    statement = text("SELECT reason, count(*) FROM dead_letters WHERE state = 'open' GROUP BY 1 ORDER BY 1")
    return {row[0]: row[1] for row in connection.execute(statement)}


def list_dead_letters(
    connection: Connection, *, reason: str | None = None, state: str | None = "open", limit: int = 100
) -> list[Stored]:
    statement = text(
        _SELECT + " WHERE (CAST(:reason AS text) IS NULL OR reason = :reason) "
        "AND (CAST(:state AS text) IS NULL OR state = :state) ORDER BY set_aside_at, id LIMIT :limit"
    )
    rows = connection.execute(statement, {"reason": reason, "state": state, "limit": limit})
    return [Stored(*row) for row in rows]


def find_dead_letter(connection: Connection, id_prefix: str) -> list[Stored]:
    """The dead letters whose id begins so: one, unless the prefix is too short."""
    statement = text(_SELECT + " WHERE id::text LIKE :prefix || '%' ORDER BY id LIMIT 2")
    return [Stored(*row) for row in connection.execute(statement, {"prefix": id_prefix})]


def payload_of(connection: Connection, dead_id: str) -> bytes:
    statement = text("SELECT payload FROM dead_letters WHERE id = :id")
    return bytes(connection.execute(statement, {"id": dead_id}).scalar_one())


def mark_redriven(connection: Connection, ids: Sequence[str]) -> None:
    statement = text("UPDATE dead_letters SET state = 'redriven' WHERE id = ANY(CAST(:ids AS uuid[]))")
    connection.execute(statement, {"ids": list(ids)})


def purge_dead_letters(connection: Connection, *, reason: str | None, before: datetime | None) -> int:
    statement = text(
        "DELETE FROM dead_letters WHERE (CAST(:reason AS text) IS NULL OR reason = :reason) "
        "AND (CAST(:before AS timestamptz) IS NULL OR set_aside_at < :before)"
    )
    return connection.execute(statement, {"reason": reason, "before": before}).rowcount


def take_unpublished(connection: Connection, limit: int = 500) -> list[tuple[Stored, bytes]]:
    """Lock dead letters not yet on the dead topic; other workers skip them."""
    statement = text(
        _SELECT.replace(" FROM", ", payload FROM")
        + " WHERE NOT published ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED"
    )
    return [(Stored(*row[:-1]), bytes(row[-1])) for row in connection.execute(statement, {"limit": limit})]


def mark_published(connection: Connection, ids: Sequence[str]) -> None:
    statement = text("UPDATE dead_letters SET published = true WHERE id = ANY(CAST(:ids AS uuid[]))")
    connection.execute(statement, {"ids": list(ids)})
