"""Rows: what a file of posts is made of, and what stands in for what a file does not say."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from stream.layouts import Layout
from stream.posts import LONGEST_TEXT
from stream.times import read_time

RAW_KEPT = 2000
LONGEST_WORD = 1000
FIRST_TIME = datetime(2020, 1, 1, tzinfo=UTC)
ONE_SECOND = timedelta(seconds=1)


class Row(NamedTuple):
    """A post as a file has it. `filled` says that its time was made up."""

    line: int
    source: str
    id: str
    author: str
    text: str
    sent_at: datetime
    channel: str | None = None
    language: str | None = None
    filled: bool = False

    def value(self) -> bytes:
        """The message that carries it."""
        record: dict[str, Any] = {
            "source": self.source,
            "id": self.id,
            "author": self.author,
            "text": self.text,
        }
        record["sent_at"] = self.sent_at
        if self.channel:
            record["channel"] = self.channel
        if self.language:
            record["language"] = self.language
        return bytes(memoryview(orjson.dumps(record)))  # a copy: orjson keeps kilobytes behind each result


class BadLine(NamedTuple):
    """A row that cannot be read as a post; it travels to the dead letters."""

    file: str
    line: int
    reason: str
    raw: str

    def value(self) -> bytes:
        return orjson.dumps({"bad_row": self._asdict()})


@dataclass(frozen=True, slots=True)
class Fill:
    """What stands in for what a file does not say."""

    source: str = ""
    channel: str = ""
    start: datetime = FIRST_TIME
    step: timedelta = ONE_SECOND


class UnusableError(ValueError):
    """Why a row is no post."""


Fields = tuple[object, object, object, object, object, object, object]
Read = tuple[int, str, Fields, str]
FIELDS = ("text", "author", "sent_at", "id", "channel", "language", "source")
NO_FIELDS: Fields = (None,) * 7


def row_maker(layout: Layout, fill: Fill) -> Callable[[int, str, Fields, datetime], Row]:
    source = fill.source or layout.source
    day_first, step, channel_default = layout.day_first, fill.step, fill.channel or None

    def make(line: int, raw: str, fields: Fields, last: datetime) -> Row:
        text, author, sent_at, post_id, channel, language, own_source = fields
        if not isinstance(text, str):
            raise UnusableError("the row has no text")
        if len(text) > LONGEST_TEXT:
            raise UnusableError(f"the text is longer than {LONGEST_TEXT} characters")
        filled = sent_at is None or sent_at == ""
        name = _word(post_id) or _invented_id(line, raw)
        return Row(
            line,
            _word(own_source) or source,
            name,
            _word(author) or f"row-{name}",
            text,
            _after(last, step) if filled else _time(sent_at, day_first),
            _word(channel) or channel_default,
            _language(language),
            filled,
        )

    return make


def _word(value: object) -> str | None:
    if value is None or (isinstance(value, str) and len(value) <= LONGEST_WORD):
        return value
    if isinstance(value, str):
        raise UnusableError(f"an id, author, channel or language is longer than {LONGEST_WORD} characters")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise UnusableError("an id, author, channel or language is neither text nor a number")


def _time(value: object, day_first: bool) -> datetime:
    try:
        return read_time(value, day_first=day_first)
    except ValueError as error:
        raise UnusableError("the time cannot be read") from error


def _after(last: datetime, step: timedelta) -> datetime:
    try:
        return last + step
    except OverflowError as error:
        raise UnusableError("there is no time left to fill in") from error


def _language(value: object) -> str | None:
    """The language, unless it is one of the codes by which Twitter says that it does not know."""
    word = _word(value)
    return None if not word or word in {"und", "zxx", "qme", "qht", "qam", "qct", "qst"} else word


def _invented_id(line: int, raw: str) -> str:
    digest = hashlib.blake2b(f"{line}:{raw}".encode("utf-8", "surrogatepass"), digest_size=10)
    return digest.hexdigest()
