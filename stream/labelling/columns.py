"""The columns of a file of labels, and one row of it as a record that can be stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.label_words import LONGEST_NAME, QUEUES, VERDICTS
from stream.labelling.judging import LabelRefused, require_words
from stream.labelling.recording import as_key, labeller_named, short_reason
from stream.posts import clean, post_key
from stream.times import read_time

COLUMNS = (
    "key", "source", "id", "alert", "person", "verdict", "emotion", "reason", "labeller", "at", "shown", "score",
    "model", "blind", "queue", "provenance", "licence", "consent", "sent_at", "language", "text",
)  # fmt: skip
IGNORED = ("sent_at", "language", "text")  # written for readers; the database knows better
GOLDEN = "golden"
"""A file's word, in the place of the verdict, for "this is what was agreed on"."""

_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Defaults:
    """What stands in for columns that a file does not have, or leaves empty."""

    labeller: str | None = None
    at: datetime | None = None
    provenance: str = "import"
    licence: str = "unknown"
    consent: bool = False


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row that can be read. `verdict` may be `golden`; `key` is that of a post, or the id of an alert."""

    line: int
    key: str
    alert: bool
    person: str | None
    verdict: str | None
    emotion: str | None
    reason: str | None
    labeller: str
    at: datetime
    shown: str | None
    score: int | None
    model: str | None
    blind: bool
    queue: str
    provenance: str
    licence: str
    consent: bool


def require_columns(columns: set[str], defaults: Defaults) -> None:
    """Refuse a file that cannot hold a single label; `LabelRefused` says which columns it lacks."""
    lacking = []
    if not ({"key", "alert"} & columns or {"source", "id"} <= columns):
        lacking.append("key (or source and id, or alert)")
    if not {"verdict", "emotion"} & columns:
        lacking.append("emotion (or verdict)")
    if "labeller" not in columns and not defaults.labeller:
        lacking.append("labeller (or give --as NAME)")
    if "at" not in columns and not defaults.at:
        lacking.append("at (or give --at TIME)")
    if lacking:
        raise LabelRefused("missing", f"it has no column {', no column '.join(lacking)}: add it.")


def file_row(line: int, cells: Mapping[str, Any], defaults: Defaults) -> FileRow:
    """The row as a record; raises `LabelRefused` where a value cannot be used."""
    said = {name: _word(cells.get(name)) for name in COLUMNS if name not in IGNORED}
    key, alert = _key(said)
    verdict, emotion = _lower(said["verdict"]), _lower(said["emotion"])
    _require_sense(verdict, emotion)
    return FileRow(
        line, key, alert, _person(said["person"]), verdict, emotion, short_reason(said["reason"]),
        labeller_named(said["labeller"] or defaults.labeller or ""), _time(said["at"], defaults),
        _emotion(said["shown"]), _score(said["score"]), _short(said["model"]), _flag(said["blind"], False),
        _queue(said["queue"]), _short(said["provenance"]) or defaults.provenance,
        _short(said["licence"]) or defaults.licence, _flag(said["consent"], defaults.consent),
    )  # fmt: skip


def _word(value: object) -> str | None:
    """Text, numbers and truth values as text; nothing where nothing is said."""
    if value is None or value == "":
        return None
    if isinstance(value, str | int | float):  # a truth value is an int
        return clean(str(value)).strip() or None
    raise LabelRefused("bad-value", "a value is neither text nor a number: write it as text.")


def _lower(word: str | None) -> str | None:
    return word.casefold() if word else None


def _require_sense(verdict: str | None, emotion: str | None) -> None:
    if verdict == GOLDEN:
        verdict = None  # then an emotion must be there
    require_words(verdict, emotion)


def _key(said: Mapping[str, str | None]) -> tuple[str, bool]:
    if said["alert"]:
        return _uuid(said["alert"], "unknown-alert"), True
    if said["key"]:
        return _uuid(said["key"], "unknown-post"), False
    if said["source"] and said["id"]:
        return post_key(said["source"], said["id"]), False
    raise LabelRefused("missing", "no post is named: give its key, or source and id.")


def _person(word: str | None) -> str | None:
    """A pseudonym, to notice who opted out; whatever else stands there says nothing."""
    return as_key(word) if word else None


def _uuid(word: str, fate: str) -> str:
    key = as_key(word)
    if key is None:
        raise LabelRefused(fate, "that is no key: a key is a UUID, as alerts name it.")
    return key


def _time(word: str | None, defaults: Defaults) -> datetime:
    if word is None and defaults.at is not None:
        return defaults.at
    try:
        return read_time(word)
    except ValueError as error:
        raise LabelRefused("bad-time", "the time cannot be read: write it like 2025-05-01T12:00:00Z.") from error


def _emotion(word: str | None) -> str | None:
    word = _lower(word)
    require_words(VERDICTS[0], word)
    return word


def _score(word: str | None) -> int | None:
    """Thousandths of a share as files have it.

    >>> _score("0.873")
    873
    """
    if word is None:
        return None
    try:
        score = round(float(word) * 1000)
    except (ValueError, OverflowError):
        score = -1
    if not 0 <= score <= 1000:
        raise LabelRefused("bad-value", "the score is no share: write a number from 0 to 1.")
    return score


def _short(word: str | None) -> str | None:
    if word and len(word) > LONGEST_NAME:
        raise LabelRefused("too-long", f"a model, provenance or licence has {LONGEST_NAME} characters at most.")
    return word


def _queue(word: str | None) -> str:
    if word is None:
        return "import"
    if word not in QUEUES:
        raise LabelRefused("bad-value", f"no queue is called that: use one of {', '.join(QUEUES)}.")
    return word


def _flag(word: str | None, default: bool) -> bool:
    if word is None:
        return default
    if word.casefold() not in _YES:
        raise LabelRefused("bad-value", "blind and consent are true or false: write one of them.")
    return _YES[word.casefold()]
