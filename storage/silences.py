"""Silences: alerts of a subject, of a rule, or of both together that nobody is told of for a while.

They are stored like all others. A silence ends by itself; who made it and why stays on record.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from storage.errors import StorageError

LONGEST = timedelta(days=90)
LONGEST_REASON = 500  # characters

# an alert row `a` is silenced at :now by a silence `s`
MATCHES = (
    "s.removed_at IS NULL AND s.expires_at > :now AND (s.rule IS NULL OR s.rule = a.rule) "
    "AND (s.subject IS NULL OR (s.subject_kind = a.subject_kind AND s.subject = a.subject))"
)


@dataclass(frozen=True, slots=True)
class NewSilence:
    """What to be silent about, who says so, why, and until when."""

    author: str
    reason: str
    expires_at: datetime
    rule: str | None = None
    subject_kind: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Silence(NewSilence):
    """A silence as it is stored, with how many alerts it has kept back."""

    id: int = 0
    created_at: datetime = datetime.max
    removed_at: datetime | None = None
    removed_by: str | None = None
    alerts: int = 0


_COLUMNS = (
    "author, reason, expires_at, rule, subject_kind, subject, id, created_at, removed_at, removed_by, "
    "(SELECT count(*) FROM outbox WHERE outbox.silence_id = silences.id) AS alerts"
)


def add_silence(connection: Connection, silence: NewSilence, now: datetime) -> int:
    """Begin a silence; returns its number."""
    _check(silence, now)
    statement = text(
        "INSERT INTO silences (rule, subject_kind, subject, author, reason, created_at, expires_at) "
        "VALUES (:rule, :kind, :subject, :author, :reason, :now, :until) RETURNING id"
    )
    values = {
        "rule": silence.rule, "kind": silence.subject_kind, "subject": silence.subject, "author": silence.author,
        "reason": silence.reason, "now": now, "until": silence.expires_at,
    }  # fmt: skip
    return int(connection.execute(statement, values).scalar_one())


def remove_silence(connection: Connection, number: int, who: str, now: datetime) -> None:
    """End a silence before its time. Alerts that it kept back stay kept back."""
    statement = text(
        "UPDATE silences SET removed_at = :now, removed_by = :who "
        "WHERE id = :id AND removed_at IS NULL AND expires_at > :now"
    )
    if not connection.execute(statement, {"id": number, "who": who, "now": now}).rowcount:
        raise StorageError(f"no silence {number} is in force: see `tideline alerts silences`")


def list_silences(connection: Connection, now: datetime, *, ended: bool = False) -> list[Silence]:
    """Silences in force, the first to end first; with `ended` all there ever were."""
    which = "true" if ended else "removed_at IS NULL AND expires_at > :now"
    statement = text(f"SELECT {_COLUMNS} FROM silences WHERE {which} ORDER BY expires_at, id")  # noqa: S608 fixed
    return [Silence(*row) for row in connection.execute(statement, {"now": now})]


def _check(silence: NewSilence, now: datetime) -> None:
    if silence.rule is None and silence.subject is None:
        raise StorageError("a silence is about a person, a channel, a rule, or a rule of one of them: name one")
    if not silence.reason.strip():
        raise StorageError("a silence needs a reason: others will want to know why nobody was told")
    if len(silence.reason) > LONGEST_REASON:
        raise StorageError(f"the reason is longer than {LONGEST_REASON} characters: shorten it")
    if silence.expires_at <= now:
        raise StorageError("a silence ends in the future: give a later time")
    if silence.expires_at - now > LONGEST:
        raise StorageError(f"a silence lasts {LONGEST.days} days at most: renew it then if it is still wanted")
