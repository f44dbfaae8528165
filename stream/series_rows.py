"""A file of times and numbers, read row by row."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple

from stream.errors import FileUnreadable
from stream.files import Line, TextSource, open_text
from stream.series_columns import Columns, find_columns
from stream.times import read_time

NO_TIME = "the time cannot be read"
"""A row with this problem is judged all the same, as of the time of the row before."""


class Wanted(NamedTuple):
    """What was asked of the reading of a file."""

    time: str | None = None
    value: str | None = None
    day_first: bool = False


class Point(NamedTuple):
    """One row: its time as it was written and in seconds, and its number; `problem` says what could not be read."""

    line: int
    timestamp: str
    at: float
    value: float
    problem: str = ""


def read_points(path: str, wanted: Wanted, stdin: BinaryIO | None = None) -> Iterator[Point]:
    """Every row that is not empty, in the order of the file; raises `FileUnreadable`."""
    with open_text(path, stdin) as source:
        lines = (line for line in source.lines() if line.broken or line.text.strip())
        first, second = _first_two(source, lines)
        columns = find_columns(source.name, first.text.strip(), second.text.strip(), wanted.time, wanted.value)
        start = [second] if columns.header else [first, second]
        at = 0.0
        for line in chain(start, lines):
            if line.text or line.broken:
                point = _point(line, columns, wanted.day_first, at)
                at = point.at
                yield point


def _first_two(source: TextSource, lines: Iterator[Line]) -> tuple[Line, Line]:
    first = next(lines, None)
    if first is None or first.broken:
        raise FileUnreadable(f"{source.name} cannot be read as rows of a time and a number: check the file.")
    return first, next(lines, Line(2, ""))


def _point(line: Line, columns: Columns, day_first: bool, before: float) -> Point:
    """A row as numbers. A row without a readable time has the time of the row before."""
    if line.broken:
        return Point(line.number, "", before, 0.0, line.broken)
    cells = columns.cells(line.text.rstrip("\r\n"))
    if len(cells) <= max(columns.time, columns.value):
        return Point(
            line.number, cells[columns.time] if len(cells) > columns.time else "", before, 0.0, "a cell is missing"
        )
    stamp = cells[columns.time].strip()
    try:
        value = float(cells[columns.value])
    except ValueError:
        return Point(line.number, stamp, before, 0.0, "the value is not a number")
    if not math.isfinite(value):
        return Point(line.number, stamp, before, 0.0, "the value is not a finite number")
    try:
        return Point(line.number, stamp, read_time(stamp, day_first=day_first).timestamp(), value)
    except ValueError:
        return Point(line.number, stamp, before, value, NO_TIME)
