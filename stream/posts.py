"""A post: the one record that travels. Checked once, on the way in; nothing behind it checks again."""

import hashlib
import hmac
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from stream.errors import InvalidPost

LARGEST_MESSAGE = 256 * 1024
LONGEST_TEXT = 100_000
_SURROGATES = re.compile("[\ud800-\udfff]")
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)


class Post(BaseModel):
    """One public post. Unknown fields are dropped; a missing mandatory field refuses the post."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)

    source: str = Field(min_length=1, max_length=64)
    id: str = Field(min_length=1, max_length=256)
    author: str = Field(min_length=1, max_length=256)
    text: str = Field(max_length=LONGEST_TEXT)
    sent_at: datetime = Field(strict=False)
    channel: str | None = Field(default=None, max_length=128)
    language: str | None = Field(default=None, max_length=16)

    @field_validator("sent_at", mode="before")
    @classmethod
    def _time_is_text(cls, value: object) -> object:
        if not isinstance(value, str | datetime):
            raise ValueError("sent_at must be ISO 8601 text")
        if isinstance(value, str) and "-" not in value[:8]:
            raise ValueError("sent_at must be ISO 8601 text")
        return value

    @field_validator("sent_at")
    @classmethod
    def _in_utc(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("sent_at must carry a time zone")
        return value.astimezone(UTC)

    @field_validator("text", "channel", "language")
    @classmethod
    def _storable(cls, value: str | None) -> str | None:
        return None if value is None else clean(value)

    @field_validator("source", "id", "author")
    @classmethod
    def _name(cls, value: str) -> str:
        """A name of NULs alone is no name: nothing is left of it that could be stored."""
        cleaned = clean(value)
        if not cleaned:
            raise ValueError("it must hold more than NUL")
        return cleaned


@dataclass(frozen=True, slots=True)
class Tick:
    """A control record that moves a partition's watermark when nobody posts."""

    at: datetime


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a replayed file that is no post; it travels so that it ends in the dead letters."""

    file: str
    line: int
    reason: str


def clean(text: str) -> str:
    """Make text that Postgres can store: no NUL, no lone surrogates.

    >>> clean("a" + chr(0) + "b" + chr(0xD800))
    'ab\ufffd'
    """
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def post_key(source: str, post_id: str) -> str:
    """The name under which a post is stored exactly once.

    >>> post_key("x", "1") == post_key("x", "1") != post_key("x1", "")
    True
    """
    digest = hashlib.sha256(f"{len(source)}:{source}{post_id}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16]))


@lru_cache(maxsize=65_536)
def pseudonym(key: bytes, source: str, author: str) -> str:
    """The person behind an author id; cannot be turned back without the key.

    The latest are remembered, in memory alone: people post more than once, and this is a tenth of reading a post.
    """
    digest = hmac.digest(key, f"{len(source)}:{source}{author}".encode(), "sha256")
    return str(uuid.UUID(bytes=digest[:16]))


def text_digest(key: bytes, text: str) -> int:
    """A keyed 64-bit digest of the normalised text, to notice repeats without keeping the text."""
    normal = " ".join(text.casefold().split())
    digest = hashlib.blake2b(normal.encode(), digest_size=8, key=key[:64]).digest()
    return int.from_bytes(digest, "big", signed=True)


def parse(raw: bytes | None, *, not_after: datetime) -> Post | Tick | BadRow:
    """Read one message, or raise `InvalidPost` with a reason that is safe to count."""
    if raw is None:
        raise InvalidPost("empty", "the message has no value")
    if len(raw) > LARGEST_MESSAGE:
        raise InvalidPost("too_large", f"a message may hold {LARGEST_MESSAGE} bytes")
    try:
        value = orjson.loads(raw)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise InvalidPost("not_json", "the message is not a JSON object in UTF-8") from error
    if not isinstance(value, dict):
        raise InvalidPost("not_json", "the message is not a JSON object")
    record = _control(value) or _post(value)
    _check_time(record, not_after)
    return record


def _control(value: dict[str, object]) -> Tick | BadRow | None:
    if "tick" in value:
        return Tick(_tick_time(value["tick"]))
    bad = value.get("bad_row")
    if isinstance(bad, dict):
        line = bad.get("line")
        return BadRow(
            file=clean(str(bad.get("file", "?")))[:256],
            line=line if type(line) is int and 0 <= line < 2**53 else 0,  # JSON's true is an int to Python
            reason=clean(str(bad.get("reason", "unreadable")))[:200],
        )
    return None


def _tick_time(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(value))
        if at.tzinfo is None:
            raise InvalidPost("bad_tick", "a tick needs a time zone")
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # e.g. a zone shift past year 1
        raise InvalidPost("bad_tick", "a tick needs an ISO 8601 time") from error


def _post(value: dict[str, object]) -> Post:
    try:
        return Post.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = str(first["loc"][0]) if first["loc"] else "post"
        reason = "missing_field" if first["type"] == "missing" else "bad_field"
        raise InvalidPost(reason, f"the field {field} is wrong: {first['msg']}") from error
    except (ValueError, OverflowError) as error:  # e.g. a zone shift past year 1
        raise InvalidPost("bad_field", "the field sent_at is out of range") from error


def _check_time(record: Post | Tick | BadRow, not_after: datetime) -> None:
    if isinstance(record, BadRow):
        return
    at = record.sent_at if isinstance(record, Post) else record.at
    if at < OLDEST:
        raise InvalidPost("ancient", f"posts before {OLDEST.year} are not accepted")
    if at > not_after:
        raise InvalidPost("future", "the post's time is ahead of the clock")
