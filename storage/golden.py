"""Golden posts: those whose label is agreed, so that labellers can be measured by them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Golden:
    """An agreed label, and who put it there."""

    key: str
    emotion: str
    added_by: str
    added_at: datetime
    reason: str | None = None


_ADD = text(
    "INSERT INTO golden_posts (key, person, emotion, added_by, added_at, reason) "
    "SELECT p.key, p.person, :emotion, :added_by, :added_at, :reason "
    "FROM post_keys AS k JOIN points AS p ON p.sent_at = k.sent_at AND p.key = k.key "
    "WHERE k.key = CAST(:key AS uuid) AND NOT EXISTS (SELECT 1 FROM opt_outs WHERE opt_outs.person = p.person) "
    "ON CONFLICT (key) DO NOTHING"
)


def add_golden(connection: Connection, golden: Golden) -> bool:
    """Agree on a post's label. False where the post is unknown or golden already: remove it first to change it."""
    values = {name: getattr(golden, name) for name in Golden.__slots__}
    return bool(connection.execute(_ADD, values).rowcount)


def remove_golden(connection: Connection, key: str) -> bool:
    """The post is as any other from now on; verdicts that were given about it stay."""
    statement = text("DELETE FROM golden_posts WHERE key = CAST(:key AS uuid)")
    return bool(connection.execute(statement, {"key": key}).rowcount)


def list_golden(connection: Connection) -> list[Golden]:
    """All of them, in the order in which they were added."""
    statement = text("SELECT key::text, emotion, added_by, added_at, reason FROM golden_posts ORDER BY added_at, key")
    return [Golden(*row) for row in connection.execute(statement)]


def golden_labels(connection: Connection) -> dict[str, str]:
    """Post key → agreed emotion."""
    return {golden.key: golden.emotion for golden in list_golden(connection)}
