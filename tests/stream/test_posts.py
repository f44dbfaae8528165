from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from stream.errors import InvalidPost
from stream.posts import LARGEST_MESSAGE, BadRow, Post, Tick, parse, post_key, pseudonym, text_digest

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "source": "s", "id": "1", "author": "a", "text": "hello", "sent_at": "2025-05-01T12:00:00+02:00",
}  # fmt: skip


def read(value: Any) -> Post | Tick | BadRow:
    return parse(value if isinstance(value, bytes | None) else orjson.dumps(value), not_after=NOW)


def test_a_post_is_read_and_its_time_put_into_utc() -> None:
    post = read(GOOD)
    assert isinstance(post, Post)
    assert post.sent_at == datetime(2025, 5, 1, 10, tzinfo=UTC)
    assert post.channel is None


def test_unknown_fields_are_kept_out() -> None:
    assert not hasattr(read(GOOD | {"email": "x"}), "email")


def test_nul_is_taken_out_because_postgres_refuses_it() -> None:
    post = read(GOOD | {"text": "a\x00b", "author": "a\x00"})
    assert isinstance(post, Post)
    assert (post.text, post.author) == ("ab", "a")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "empty"),
        (b"", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'"text"', "not_json"),
        ([1], "not_json"),
        (b'{"a": "' + b"x" * LARGEST_MESSAGE + b'"}', "too_large"),
        ({k: v for k, v in GOOD.items() if k != "author"}, "missing_field"),
        (GOOD | {"author": ""}, "bad_field"),
        (GOOD | {"author": "\x00"}, "bad_field"),
        (GOOD | {"author": 5}, "bad_field"),
        (GOOD | {"text": None}, "bad_field"),
        (GOOD | {"text": "x" * 100_001}, "bad_field"),
        (GOOD | {"sent_at": "2025-05-01T12:00:00"}, "bad_field"),
        (GOOD | {"sent_at": 1_746_000_000}, "bad_field"),
        (GOOD | {"sent_at": "1746000000"}, "bad_field"),
        (GOOD | {"sent_at": "0001-01-01T00:00:00+14:00"}, "bad_field"),
        (GOOD | {"sent_at": "yesterday"}, "bad_field"),
        (GOOD | {"sent_at": "1970-01-01T00:00:00Z"}, "ancient"),
        (GOOD | {"sent_at": "2100-01-01T00:00:00Z"}, "future"),
        ({"tick": "soon"}, "bad_tick"),
        ({"tick": "2025-01-01T00:00:00"}, "bad_tick"),
        ({"tick": "2100-01-01T00:00:00Z"}, "future"),
    ],
)
def test_what_can_never_work_is_refused_with_a_fixed_reason(value: Any, reason: str) -> None:
    with pytest.raises(InvalidPost) as caught:
        read(value)
    assert caught.value.reason == reason


def test_a_refusal_never_quotes_the_post() -> None:
    for field in GOOD:
        with pytest.raises(InvalidPost) as caught:
            read(GOOD | {field: ["canary-words"]})
        assert "canary" not in str(caught.value)


def test_keys_do_not_confuse_source_and_id() -> None:
    assert post_key("ab", "c") != post_key("a", "bc")
    assert pseudonym(b"k", "ab", "c") != pseudonym(b"k", "a", "bc")


def test_a_pseudonym_needs_the_key() -> None:
    assert pseudonym(b"one", "s", "a") != pseudonym(b"two", "s", "a")


def test_the_text_digest_ignores_case_and_spacing_only() -> None:
    assert text_digest(b"k", "Hello  World") == text_digest(b"k", "hello world ")
    assert text_digest(b"k", "hello world") != text_digest(b"k", "hello worlds")
