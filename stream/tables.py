"""Rows of a CSV or TSV file, one at a time, so that one broken row costs one row."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from stream.files import LONGEST_LINE, Line

MOST_LINES = 500
LONGEST_FIELD = 4 * LONGEST_LINE


class Cells(NamedTuple):
    """One record of a table: where it starts, its cells, or why it has none."""

    line: int
    cells: list[str]
    raw: str
    broken: str = ""


class _RunAwayError(Exception):
    """A quote was opened and not closed within reason."""


class Table:
    """Reads records that may span lines. A quote that is never closed would swallow the rest of the file;
    here its line alone is broken, and reading starts again at the next line."""

    def __init__(self, lines: Iterable[Line], delimiter: str, quoted: bool, width: int | None) -> None:
        csv.field_size_limit(LONGEST_FIELD)
        self._lines = iter(lines)
        self._again: deque[Line] = deque()
        self._record: list[Line] = []
        self._ended = False
        self._width = width
        self._delimiter = delimiter
        self._quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
        self._broken: Line | None = None

    def __iter__(self) -> Iterator[Cells]:
        reader = self._reader()
        while True:
            self._record, self._ended = [], False
            try:
                cells = next(reader, None)
            except (csv.Error, _RunAwayError):
                cells, reader = [], self._reader()
                yield from self._first_line_alone("a quote is opened and never closed")
                continue
            if cells is None:
                if self._broken is None:
                    return
                yield from self._report_broken()
                reader = self._reader()
                continue
            if self._torn(cells):
                reader = self._reader()
                yield from self._first_line_alone("a quote is opened and never closed")
            elif cells and (len(cells) > 1 or cells[0].strip()):
                yield self._whole(cells)

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._feed(), delimiter=self._delimiter, quoting=self._quoting, strict=True)

    def _feed(self) -> Iterator[str]:
        while True:
            line = self._next_line()
            if line is None:
                self._ended = True
                return
            self._record.append(line)
            if len(self._record) > MOST_LINES:
                raise _RunAwayError
            yield line.text

    def _next_line(self) -> Line | None:
        """The next line that can be read; none while a broken one waits to be reported."""
        if self._again:
            return self._again.popleft()
        if self._broken is None:
            line = next(self._lines, None)
            if line is None or not line.broken:
                return line
            self._broken = line
        return None

    def _torn(self, cells: list[str]) -> bool:
        """Whether a record ended only because the file did, or swallowed its neighbours."""
        if self._ended:
            return True
        return len(self._record) > 1 and self._width is not None and len(cells) != self._width

    def _first_line_alone(self, reason: str) -> Iterator[Cells]:
        """Salvage what the first line says by itself, and read the others again."""
        first, *others = self._record
        self._again.extendleft(reversed(others))
        self._ended = False
        cells = self._salvaged(first.text)
        yield Cells(first.number, cells or [], first.text, "" if cells else reason)

    def _salvaged(self, text: str) -> list[str] | None:
        """The cells of one line that strict reading refused, if there are as many as there should be."""
        if self._delimiter == "\t":
            cells = text.rstrip("\r\n").split("\t")  # no text holds a tab: its quotes are letters
        elif self._left_open(text):
            return None
        else:
            cells = self._loosely(text)
        return cells if len(cells) == self._width else None

    def _left_open(self, text: str) -> bool:
        try:
            list(csv.reader([text], delimiter=self._delimiter, quoting=self._quoting, strict=True))
        except csv.Error as error:
            return "unexpected end" in str(error) or "new-line" in str(error)
        return False

    def _loosely(self, text: str) -> list[str]:
        try:
            return next(csv.reader([text], delimiter=self._delimiter, quoting=self._quoting), [])
        except csv.Error:
            return []

    def _report_broken(self) -> Iterator[Cells]:
        assert self._broken is not None
        line, self._broken = self._broken, None
        yield Cells(line.number, [], line.text, line.broken)

    def _whole(self, cells: list[str]) -> Cells:
        first = self._record[0]
        raw = first.text if len(self._record) == 1 else "".join(line.text for line in self._record)
        if self._width is None or len(cells) == self._width:
            return Cells(first.number, cells, raw)
        if len(cells) > self._width and not any(cells[self._width :]):
            return Cells(first.number, cells[: self._width], raw)
        return Cells(first.number, cells, raw, f"expected {self._width} columns, found {len(cells)}")
