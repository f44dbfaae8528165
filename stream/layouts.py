"""Recognising how a file is laid out, from what is in it and not from its name."""

import re
from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson

from stream.errors import FileUnreadable, LayoutUnknown
from stream.files import BLOCK, TextSource
from stream.mapping import EXAMPLE, Mapping, guess, simple
from stream.sniffing import DELIMITERS, is_header, sniffed, usual_width
from stream.times import day_comes_first, is_time

SAMPLE_ROWS = 200
_EMOTION_WORDS = {"sadness", "joy", "love", "anger", "fear", "surprise"}


@dataclass(frozen=True, slots=True)
class Layout:
    """How to turn the lines of one file into posts."""

    name: str
    columns: MappingOf[str, str]
    kind: Literal["table", "json"] = "table"
    delimiter: str = ","
    quoted: bool = True
    header: tuple[str, ...] | None = None
    width: int = 0
    source: str = "file"
    day_first: bool = False

    def place(self, field: str) -> int | None:
        """The 0-based cell of a table that holds `field`."""
        column = self.columns.get(field)
        if column is None:
            return None
        if self.header is not None and column in self.header:
            return self.header.index(column)
        return int(column) - 1

    @property
    def delimiter_name(self) -> str:
        return "one JSON object a line" if self.kind == "json" else DELIMITERS[self.delimiter]


def recognise(source: TextSource, mapping: Mapping | None = None) -> Layout:
    """The layout of a file, or `FileUnreadable` that shows its columns and how to name them."""
    lines = _head_lines(source)
    if not lines:
        raise FileUnreadable(f"{source.name} is empty: there is nothing to read in it.")
    first = lines[0].strip()
    if (first.startswith("[") and _parsed("\n".join(lines)) is not _NOTHING) or first == "[":
        raise FileUnreadable(f"{source.name} is one JSON array: write one object a line (`jq -c '.[]'`) first.")
    objects = [value for value in map(_parsed, lines) if isinstance(value, dict)]
    if first.startswith("{") and objects:
        return _json_layout(source.name, objects, mapping)
    return _table_layout(source.name, lines, mapping)


def _head_lines(source: TextSource) -> list[str]:
    text = source.head.removeprefix(b"\xef\xbb\xbf").decode(
        "latin-1" if source.encoding == "Latin-1" else "utf-8", "replace"
    )
    lines = text.split("\n")
    whole = lines[:-1] if len(source.head) >= BLOCK and len(lines) > 1 else lines
    return [line for line in whole if line.strip()][:SAMPLE_ROWS]


_NOTHING = object()


def _parsed(line: str) -> object:
    try:
        return orjson.loads(line)
    except ValueError:
        return _NOTHING


# --- JSON lines ---------------------------------------------------------------------------------------------


def _json_layout(name: str, objects: list[dict[str, Any]], mapping: Mapping | None) -> Layout:
    if mapping is not None:
        return Layout("your --map, JSON lines", mapping.chosen(), kind="json")
    for found, fits in _JSON_LAYOUTS:
        if any(fits(value) for value in objects):
            return found
    keys = list(dict.fromkeys(key for value in objects for key in value))
    guessed = guess(keys)
    if "text" not in guessed:
        raise _unknown(name, "keys", keys)
    return Layout("JSON lines, keys guessed", guessed, kind="json")


def _is_post(value: MappingOf[str, Any]) -> bool:
    return {"id", "author", "text", "sent_at"} <= value.keys()


def _is_v1(value: MappingOf[str, Any]) -> bool:
    return isinstance(value.get("user"), dict) and "created_at" in value and bool({"text", "full_text"} & value.keys())


def _is_v2(value: MappingOf[str, Any]) -> bool:
    data = value.get("data", value)
    rows = data if isinstance(data, list) else [data]
    return any(
        isinstance(row, dict) and {"id", "text"} <= row.keys() and "user" not in row and _v2_only(row, value)
        for row in rows
    )


def _v2_only(row: MappingOf[str, Any], value: MappingOf[str, Any]) -> bool:
    return "author_id" in row or "edit_history_tweet_ids" in row or "data" in value


_POST_COLUMNS = {name: name for name in ("source", "id", "author", "text", "sent_at", "channel", "language")}
TWITTER_V1, TWITTER_V2 = "Twitter API v1", "Twitter API v2"
_V2_COLUMNS = {"text": "text", "author": "author_id", "sent_at": "created_at", "id": "id", "language": "lang"}
_V1_COLUMNS = {
    "text": "text",
    "author": "user.id_str",
    "sent_at": "created_at",
    "id": "id_str",
    "language": "lang",
}
_JSON_LAYOUTS: list[tuple[Layout, Callable[[MappingOf[str, Any]], bool]]] = [
    (Layout("Tideline posts", _POST_COLUMNS, kind="json"), _is_post),
    (Layout(TWITTER_V1, _V1_COLUMNS, kind="json", source="twitter"), _is_v1),
    (Layout(TWITTER_V2, _V2_COLUMNS, kind="json", source="twitter"), _is_v2),
]


# --- tables -------------------------------------------------------------------------------------------------


def _table_layout(name: str, lines: list[str], mapping: Mapping | None) -> Layout:
    delimiter, quoted, rows = sniffed(lines)
    shape = Layout("", {}, delimiter=delimiter, quoted=quoted, width=usual_width(rows))
    layout = _mapped(name, shape, rows, mapping) if mapping else _known(shape, rows) or _guessed(name, shape, rows)
    place = layout.place("sent_at")
    times = [row[place] for row in rows[1:] if place is not None and place < len(row)]
    return replace(layout, day_first=day_comes_first(times))


def _known(shape: Layout, rows: list[list[str]]) -> Layout | None:
    header = tuple(cell.strip() for cell in rows[0]) if rows else ()
    names = {simple(cell) for cell in header}
    if {"tweet_id", "sentiment", "author", "content"} <= names:
        columns = {field: header[_at(header, name)] for field, name in _CROWDFLOWER.items()}
        return replace(shape, name="CrowdFlower text_emotion", columns=columns, header=header, source="twitter")
    if names == {"text", "label"}:
        return replace(shape, name="dair-ai emotion", columns={"text": header[_at(header, "text")]}, header=header)
    if {"id", "author", "text", "sent_at"} <= names:
        columns = {field: header[_at(header, field)] for field in _POST_COLUMNS if field in names}
        return replace(shape, name="Tideline posts", columns=columns, header=header)
    return next((replace(shape, **found) for fits, found in _HEADLESS if _mostly(fits, rows)), None)


_CROWDFLOWER = {"id": "tweet_id", "author": "author", "text": "content"}


def _at(header: tuple[str, ...], name: str) -> int:
    return [simple(cell) for cell in header].index(name)


def _mostly(fits: Callable[[list[str]], bool], rows: list[list[str]]) -> bool:
    return bool(rows) and sum(map(fits, rows)) >= 0.8 * len(rows)


def _is_sentiment140(row: list[str]) -> bool:
    return len(row) == 6 and row[0] in {"0", "2", "4"} and row[1].isdigit() and is_time(row[2])


def _is_goemotions(row: list[str]) -> bool:
    return len(row) == 3 and bool(re.fullmatch(r"\d+(,\d+)*", row[1])) and bool(re.fullmatch(r"\w{4,12}", row[2]))


def _is_dair(row: list[str]) -> bool:
    return len(row) == 2 and (row[1].strip() in _EMOTION_WORDS or row[1].strip() in {"0", "1", "2", "3", "4", "5"})


_HEADLESS: list[tuple[Callable[[list[str]], bool], dict[str, Any]]] = [
    (
        _is_sentiment140,
        {
            "name": "Sentiment140",
            "source": "twitter",
            "columns": {"id": "2", "sent_at": "3", "author": "5", "text": "6"},
        },
    ),
    (_is_goemotions, {"name": "GoEmotions", "columns": {"text": "1", "id": "3"}}),
    (_is_dair, {"name": "dair-ai emotion", "columns": {"text": "1"}}),
]


def _guessed(name: str, shape: Layout, rows: list[list[str]]) -> Layout:
    header = tuple(cell.strip() for cell in rows[0]) if rows else ()
    guessed = guess(list(header))
    if "text" not in guessed:
        raise _unknown(name, "columns", list(header))
    return replace(shape, name="header, columns guessed", columns=guessed, header=header, width=len(header))


def _mapped(name: str, shape: Layout, rows: list[list[str]], mapping: Mapping) -> Layout:
    first = tuple(cell.strip() for cell in rows[0]) if rows else ()
    has_header = not mapping.all_numbers() or (bool(rows) and is_header(rows[0]))
    header = first if has_header else None
    width = len(first) if has_header else shape.width
    for column in mapping.chosen().values():
        numbered = column.isdigit() and 1 <= int(column) <= width
        if not numbered and (header is None or column not in header):
            known = _listed(list(first))
            raise LayoutUnknown(f"{name} has no column {column!r}: it has {known}; write {EXAMPLE}.", known)
    return replace(shape, name="your --map", columns=mapping.chosen(), header=header, width=width)


def _unknown(name: str, what: str, columns: list[str]) -> LayoutUnknown:
    known = _listed(columns)
    return LayoutUnknown(
        f"The layout of {name} is unknown: no column is plainly the text. Its {what} are {known}. "
        f"Say which is which with {EXAMPLE}.",
        known,
    )


def _listed(columns: list[str]) -> str:
    """Names of columns, cut short: without a header they are somebody's words."""
    names = [f"{number} {column[:20]!r}" for number, column in enumerate(columns[:12], 1)]
    return ", ".join(names) + (f" and {len(columns) - 12} more" if len(columns) > 12 else "")
