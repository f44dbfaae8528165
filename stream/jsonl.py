"""JSON lines: one object a line, a post or (Twitter API v2) a page of posts each."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from stream.files import Line, TextSource
from stream.layouts import TWITTER_V1, TWITTER_V2, Layout
from stream.posts import clean
from stream.rows import FIELDS, NO_FIELDS, Fields, Read


def json_rows(source: TextSource, layout: Layout) -> Iterator[Read]:
    fields_of = _JSON_READERS.get(layout.name) or _by_path(layout)
    for line in source.lines():
        if line.broken:
            yield line.number, line.text, NO_FIELDS, line.broken
        elif line.text.strip():
            yield from _json_line(line, fields_of)


def _json_line(line: Line, fields_of: "Callable[[dict[str, Any]], list[Fields]]") -> Iterator[Read]:
    value = _loaded(line.text)
    if not isinstance(value, dict):
        yield line.number, line.text, NO_FIELDS, "the line is not a JSON object"
        return
    try:
        found = fields_of(value)
    except (AttributeError, TypeError, KeyError):
        yield line.number, line.text, NO_FIELDS, "the object does not look like the others"
        return
    for nth, fields in enumerate(found):
        yield line.number, line.text if nth == 0 else f"{nth}:{line.text}", fields, ""


def _loaded(text: str) -> object:
    """JSON, also with the lone surrogates and NaNs that strict readers refuse; surrogates are replaced."""
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    try:
        return _storable(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _storable(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _storable(inner) for key, inner in value.items()}
    return [_storable(inner) for inner in value] if isinstance(value, list) else value


def _by_path(layout: Layout) -> "Callable[[dict[str, Any]], list[Fields]]":
    paths = [layout.columns.get(field, "").split(".") for field in FIELDS]

    def read(value: dict[str, Any]) -> list[Fields]:
        return [tuple([_dug(value, path) for path in paths])]  # type: ignore[list-item]

    return read


def _dug(value: Any, path: list[str]) -> object:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


_CONTROL = {"delete", "scrub_geo", "limit", "status_withheld", "user_withheld", "disconnect", "warning"}


def _twitter_v1(value: dict[str, Any]) -> list[Fields]:
    if len(value) == 1 and value.keys() <= _CONTROL:
        return []
    user = value.get("user") or {}
    author = user.get("id_str") or user.get("id") or user.get("screen_name")
    post_id = value.get("id_str") or value.get("id")
    return [(_v1_text(value), author, value.get("created_at"), post_id, None, value.get("lang"), None)]


def _v1_text(value: dict[str, Any]) -> object:
    """The whole text: an archive cuts off long tweets, and retweets of long tweets, in its field `text`."""
    original = value.get("retweeted_status")
    if isinstance(original, dict):
        return f"RT @{(original.get('user') or {}).get('screen_name', '')}: {_v1_text(original)}"
    extended = value.get("extended_tweet")
    whole = extended.get("full_text") if isinstance(extended, dict) else None
    return whole or value.get("full_text") or value.get("text")


def _twitter_v2(value: dict[str, Any]) -> list[Fields]:
    if "data" not in value and "text" not in value and value.keys() & {"meta", "includes", "errors"}:
        return []
    data = value.get("data", value)
    rows = data if isinstance(data, list) else [data]
    return [
        (
            row.get("text"),
            row.get("author_id"),
            row.get("created_at"),
            row.get("id"),
            None,
            row.get("lang"),
            None,
        )
        for row in rows
    ]


_JSON_READERS = {TWITTER_V1: _twitter_v1, TWITTER_V2: _twitter_v2}
