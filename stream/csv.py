"""Files of posts, whatever their layout, read as rows: the first station of a replay.

Rows come in the order of the file. What the file does not say is filled in, the same way every time:
ids from the line and its content, an author of its own for every post without one, times one step apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from stream.errors import FileUnreadable
from stream.files import TextSource, open_text, shown
from stream.jsonl import json_rows
from stream.layouts import Layout, recognise
from stream.mapping import Mapping
from stream.posts import clean
from stream.rows import FIELDS, NO_FIELDS, RAW_KEPT, BadLine, Fill, Read, Row, row_maker
from stream.tables import Table


def read_records(
    path: str, mapping: Mapping | None = None, fill: Fill | None = None, stdin: BinaryIO | None = None
) -> Iterator[Row | BadLine]:
    """Every row of one file (`-` is stdin), in its order; a row that cannot be read is a `BadLine`.

    Raises `FileUnreadable` when the file as a whole cannot be read.
    """
    with open_text(path, stdin) as source:
        layout = recognise(source, mapping)
        yield from rows_of(source, layout, fill or Fill())


def rows_of(source: TextSource, layout: Layout, fill: Fill) -> Iterator[Row | BadLine]:
    """The rows of an opened file whose layout is known."""
    read = json_rows(source, layout) if layout.kind == "json" else _table_rows(source, layout)
    post, last = row_maker(layout, fill), fill.start - fill.step
    for line, raw, fields, broken in read:
        if broken:
            yield BadLine(source.name, line, broken, raw[:RAW_KEPT])
            continue
        try:
            row = post(line, raw, fields, last)
        except ValueError as error:
            yield BadLine(source.name, line, str(error), clean(raw[:RAW_KEPT]))
        else:
            last = row.sent_at
            yield row


# --- tables -------------------------------------------------------------------------------------------------


def _table_rows(source: TextSource, layout: Layout) -> Iterator[Read]:
    places = [layout.place(field) for field in FIELDS]
    header = list(layout.header) if layout.header is not None else None
    for record in Table(source.lines(), layout.delimiter, layout.quoted, layout.width):
        cells = record.cells
        if record.broken:
            yield record.line, record.raw, NO_FIELDS, record.broken
        elif header is None or cells[0].strip() != header[0] or [cell.strip() for cell in cells] != header:
            fields = tuple([None if place is None else cells[place] for place in places])
            yield record.line, record.raw, fields, ""  # type: ignore[misc]


# --- the dry run --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Guess:
    """What Tideline takes a file for, to be looked at before anything is sent."""

    file: str
    layout: str
    encoding: str
    delimiter: str
    columns: dict[str, str]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        rows = [orjson.loads(row.value()) for row in self.rows]
        return {
            "file": self.file,
            "layout": self.layout,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "columns": self.columns,
            "rows": rows,
            "notes": list(self.notes),
        }

    def lines(self) -> list[str]:
        """The guess as a page of text."""
        mapped = ", ".join(f"{field}={column}" for field, column in self.columns.items())
        page = [f"{self.file}: {self.layout} ({self.encoding}, {self.delimiter})", f"  columns: {mapped}"]
        page += [f"  note: {note}" for note in self.notes]
        for nth, row in enumerate(self.rows, 1):
            page.append(f"  row {nth}: {row.sent_at.isoformat()}  {row.author}  {row.text[:90]!r}")
        return page


def describe(
    path: str, mapping: Mapping | None = None, fill: Fill | None = None, stdin: BinaryIO | None = None
) -> Guess:
    """What `path` is taken for, with its first three posts; raises `FileUnreadable`."""
    with open_text(path, stdin) as source:
        layout = recognise(source, mapping)
        rows, bad = _first_posts(rows_of(source, layout, fill or Fill()), 3)
        if not rows:
            raise FileUnreadable(f"{shown(path)} holds no row that can be read as a post: {bad or 'it is empty'}.")
        return Guess(
            source.name,
            layout.name,
            source.encoding,
            layout.delimiter_name,
            dict(layout.columns),
            tuple(rows),
            tuple(_notes(layout)) + ((f"some rows cannot be read: {bad}",) if bad else ()),
        )


def _first_posts(rows: Iterator[Row | BadLine], wanted: int) -> tuple[list[Row], str]:
    posts: list[Row] = []
    bad = ""
    for seen, row in enumerate(rows):
        if isinstance(row, Row):
            posts.append(row)
        elif not bad:
            bad = f"line {row.line}: {row.reason}"
        if len(posts) == wanted or seen > 1000:
            break
    return posts, bad


def _notes(layout: Layout) -> Iterator[str]:
    if "sent_at" not in layout.columns:
        yield "no times: filled in order, one step apart"
    if "id" not in layout.columns:
        yield "no ids: made from line number and content"
    if "author" not in layout.columns:
        yield "no authors: every post gets an invented one of its own, so nobody has a history"
    if layout.day_first:
        yield "dates with signs are read day first"
