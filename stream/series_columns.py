"""Which columns of a file of numbers hold the time and the value, told from its first two lines alone.

Nothing further down is looked at: what is said of a row must not depend on rows that come later.
"""

from __future__ import annotations

import csv
import math
from typing import NamedTuple

from stream.errors import FileUnreadable
from stream.sniffing import DELIMITERS
from stream.times import is_time

_TIMES = ("timestamp", "time", "datetime", "date", "ds", "created_at", "sent_at", "at", "ts", "day", "hour")
_VALUES = ("value", "count", "counts", "volume", "mentions", "tweets", "posts", "total", "amount", "y", "n")


class Columns(NamedTuple):
    """Where the two cells stand in a row, how rows are cut, and whether the first line is a header."""

    time: int
    value: int
    delimiter: str
    header: bool

    def cells(self, line: str) -> list[str]:
        return cut(line, self.delimiter)


def cut(line: str, delimiter: str) -> list[str]:
    """One line as cells; a series has no cell with a line end in it, so each line is a row of its own."""
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def find_columns(name: str, first: str, second: str, time: str | None, value: str | None) -> Columns:
    """The columns that were asked for, or else the likely ones; raises `FileUnreadable`.

    >>> find_columns("a.csv", "timestamp,value", "2015-02-26 21:42:53,104", None, None)
    Columns(time=0, value=1, delimiter=',', header=True)
    """
    delimiter = max(DELIMITERS, key=first.count)
    names, row = ([cell.strip() for cell in cut(line, delimiter)] for line in (first, second))
    header = not any(is_number(cell) for cell in names)
    if not header:
        names, row = [str(place) for place in range(1, len(names) + 1)], names
    found_time = _asked(name, names, time, "--time") if time else _time_of(name, names, row)
    found_value = _asked(name, names, value, "--value") if value else _value_of(name, names, row, found_time)
    return Columns(found_time, found_value, delimiter, header)


def is_number(cell: str) -> bool:
    """Whether a cell is a number that can be reckoned with."""
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _asked(name: str, names: list[str], wanted: str, option: str) -> int:
    if wanted not in names:
        raise FileUnreadable(f"{name} has no column {wanted!r}; it has {', '.join(names)}: name one with {option}.")
    return names.index(wanted)


def _time_of(name: str, names: list[str], row: list[str]) -> int:
    known = _known(names, _TIMES)
    if known is not None:
        return known
    for place, cell in enumerate(row):
        if is_time(cell):
            return place
    raise FileUnreadable(
        f"{name} has no column that is plainly a time; it has {', '.join(names)}: name one with --time."
    )


def _value_of(name: str, names: list[str], row: list[str], time: int) -> int:
    known = _known(names, _VALUES)
    if known is not None and known != time:
        return known
    numbers = [place for place, cell in enumerate(row) if place != time and is_number(cell)]
    if len(numbers) != 1:
        what = "several columns of numbers" if numbers else "no column of numbers"
        raise FileUnreadable(f"{name} has {what}; it has {', '.join(names)}: name one with --value.")
    return numbers[0]


def _known(names: list[str], usual: tuple[str, ...]) -> int | None:
    lower = [name.lower() for name in names]
    return next((lower.index(name) for name in usual if name in lower), None)
