"""Files of labels as rows of cells by column: CSV (commas, semicolons or tabs) or JSON lines, plain or gzip."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

import orjson

from stream.files import Line, TextSource
from stream.tables import Table

DELIMITERS = (",", ";", "\t")
JSON_ENDS = (".jsonl", ".ndjson", ".json")


class Raw(NamedTuple):
    """One row before anything in it was looked at; `broken` says why it cannot be."""

    line: int
    cells: Mapping[str, Any]
    broken: str = ""


class LabelFile:
    """An opened file: its columns, and its rows, once. JSON lines name their columns in each row."""

    def __init__(self, source: TextSource) -> None:
        lines = _whole(source.lines())
        first = next((line for line in lines if line.broken or line.text.strip()), Line(1, ""))
        self.is_json = source.name.removesuffix(".gz").endswith(JSON_ENDS) or first.text.lstrip().startswith("{")
        self._lines = chain([first], lines) if self.is_json else lines
        self._delimiter = max(DELIMITERS, key=first.text.count)
        self.columns = list(_json_row(first).cells) if self.is_json else self._header(first)

    def rows(self) -> Iterator[Raw]:
        filled = (line for line in self._lines if line.broken or line.text.strip())
        return map(_json_row, filled) if self.is_json else self._table_rows()

    def _header(self, first: Line) -> list[str]:
        cells = next(iter(Table([first], self._delimiter, True, None)), None)
        return [cell.strip().casefold() for cell in cells.cells] if cells else []

    def _table_rows(self) -> Iterator[Raw]:
        for record in Table(self._lines, self._delimiter, True, len(self.columns)):
            yield Raw(record.line, dict(zip(self.columns, record.cells, strict=False)), record.broken)


def _whole(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines; the one within which a file breaks off says nothing, even where it looks complete."""
    last = None
    for line in lines:
        if last is not None:
            cut = line.broken and not last.text.endswith("\n")
            yield Line(last.number, last.text, "the file breaks off within this line") if cut else last
        last = line
    if last is not None:
        yield last


def _json_row(line: Line) -> Raw:
    if line.broken:
        return Raw(line.number, {}, line.broken)
    try:
        value = orjson.loads(line.text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        return Raw(line.number, {}, "the line is not a JSON object")
    return Raw(line.number, value)
