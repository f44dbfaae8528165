"""From text to rows of cells: CSV with any delimiter and quoting, or JSON."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from models.errors import DataUnusable

Cells = list[str]

_DELIMITERS = (",", "\t", ";", "|")
_LONGEST_CELL = 10_000_000
_LOOKED_AT = 200


class Table(NamedTuple):
    """Rows of cells. JSON names its columns; in CSV the first row may be a header or not."""

    rows: list[Cells]
    names: tuple[str, ...] | None = None


def table_of(path: Path, text: str, delimiter: str | None = None) -> Table:
    """All rows that are not blank; raises `DataUnusable` when the text is no table."""
    if text.lstrip()[:1] in ("{", "["):
        found = _json_table(path, text)
        if found is not None:
            return found
    try:
        rows = _csv_rows(text, delimiter or _delimiter(text))
    except csv.Error as error:
        raise DataUnusable(f"{path} cannot be read as CSV ({error}): write it out again.") from error
    return Table([row for row in rows if any(cell.strip() for cell in row)])


# --- CSV ----------------------------------------------------------------------------------------------------


def _delimiter(text: str) -> str:
    """The sign that cuts the first rows into the same number of cells most often.

    Not `csv.Sniffer`: it takes any frequent letter of plain prose for a delimiter.
    """
    sample = "".join(text.splitlines(keepends=True)[:_LOOKED_AT])
    return max(_DELIMITERS, key=lambda sign: _evenness(_parsed(sample, delimiter=sign)))


def _evenness(rows: list[Cells]) -> float:
    """The share of rows that have the commonest number of cells; nothing where that is one."""
    width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
    return count / len(rows) if width > 1 else 0.0


def _csv_rows(text: str, delimiter: str) -> list[Cells]:
    """Quoted as the standard says, else with backslashes, else with quote signs that are only quote signs."""
    csv.field_size_limit(_LONGEST_CELL)
    for dialect in ({}, {"escapechar": "\\", "doublequote": False}):
        try:
            return _parsed(text, delimiter=delimiter, strict=True, **dialect)
        except csv.Error:
            continue
    plain = _parsed(text, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return plain if _evenness(plain) > 0.99 else _parsed(text, delimiter=delimiter)


def _parsed(text: str, **dialect: Any) -> list[Cells]:
    return [row for row in csv.reader(io.StringIO(text, newline=""), **dialect) if row]


# --- JSON ---------------------------------------------------------------------------------------------------


def _json_table(path: Path, text: str) -> Table | None:
    """A list of objects, or one object a line; None when the text only looks like it."""
    try:
        objects = json.loads(text)
    except ValueError:
        objects = list(_json_lines(path, text))
    objects = [objects] if isinstance(objects, dict) else objects
    if not objects or not all(isinstance(one, dict) for one in objects):
        return None
    names = tuple(dict.fromkeys(name for one in objects for name in one))
    return Table([[_cell(one.get(name)) for name in names] for one in objects], names)


def _json_lines(path: Path, text: str) -> Iterator[Any]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except ValueError as error:
            if number == 1:
                return
            raise DataUnusable(f"{path}, line {number} is not JSON: give one object a line.") from error


def _cell(value: object) -> str:
    if value is None:
        return ""
    return "|".join(map(str, value)) if isinstance(value, list) else str(value)
