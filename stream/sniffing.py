"""Finding out how a table is cut into cells: its delimiter, its quotes, its header."""

import csv
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from stream.mapping import GUESSES, simple
from stream.times import is_time

_NAMES = {name for names in GUESSES.values() for name in names.split()} | {"source", "sentiment", "label"}
DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}


def sniffed(lines: list[str]) -> tuple[str, bool, list[list[str]]]:
    """The delimiter and quoting under which the most rows have the same number of columns."""
    best: tuple[tuple[float, int], str, bool, list[list[str]]] | None = None
    for delimiter in DELIMITERS:
        for quoted, rows in _readings(lines, delimiter):
            share, width = _evenness(rows, delimiter)
            score = (share if quoted else share - 0.1, width)
            if best is None or score > best[0]:
                best = (score, delimiter, quoted, rows)
    assert best is not None
    return best[1:]


def _readings(lines: list[str], delimiter: str) -> Iterator[tuple[bool, list[list[str]]]]:
    """Rows that may span lines, rows where a quote never ends, and rows where a quote is a letter."""
    yield True, _rows(lines, delimiter, True)
    yield True, [row for line in lines for row in _rows([line], delimiter, True)]
    yield False, _rows(lines, delimiter, False)


def _rows(lines: list[str], delimiter: str, quoted: bool) -> list[list[str]]:
    csv.field_size_limit(2**24)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    rows = []
    try:
        for row in csv.reader((line + "\n" for line in lines), delimiter=delimiter, quoting=quoting):
            if row:
                rows.append(row)
    except csv.Error:
        pass  # the rows so far have to do; reading reports the broken one
    return rows


def _evenness(rows: list[list[str]], delimiter: str) -> tuple[float, int]:
    width = usual_width(rows)
    if width < 2 or not rows:
        return (0.0 if delimiter == "," else -1.0, 0)
    known = is_header(rows[0])
    share = sum(len(row) == width for row in rows) / len(rows)
    return (round(share + known, 2), min(width, len(rows[0])))


def usual_width(rows: list[list[str]]) -> int:
    if not rows:
        return 0
    if is_header(rows[0]):
        return len(rows[0])
    return Counter(map(len, rows)).most_common(1)[0][0]


def is_header(row: list[str]) -> bool:
    return any(simple(cell) in _NAMES for cell in row) and not any(is_time(cell) for cell in row)
