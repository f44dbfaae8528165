"""Which column of a table is the text, and which the label."""

import re
from pathlib import Path
from typing import NamedTuple

from models.data.naming import shipped
from models.data.spelling import one_spelling
from models.data.tables import Cells, Table
from models.errors import DataUnusable

TEXT = (
    *("text", "tweet", "content", "sentence", "document", "post", "comment", "message", "review", "utterance", "body"),
    *("텍스트", "문장", "내용", "댓글", "본문", "발화"),
)
LABEL = (
    *("label", "labels", "emotion", "emotions", "sentiment", "target", "polarity", "class", "category", "feeling"),
    *("라벨", "레이블", "감정", "정서"),
)

_LOOKED_AT = 500
_LONGEST_NAME = 40
_FEW = 3
"""Rows in which one label alone still says nothing against its being the label."""


class Columns(NamedTuple):
    """Places of text and label in each row; `header` is whether the first row is none of the data."""

    text: int
    label: int
    header: bool
    width: int


def find_columns(path: Path, table: Table, text: str | None, label: str | None) -> Columns:
    """By the options, else by common names, else by what the columns hold."""
    names = table.names or _header(table.rows, text, label)
    rows = table.rows if table.names else table.rows[bool(names) :]
    width = len(names or rows[0])
    if width < 2:
        raise DataUnusable(f"{path} has only one column: give a file with a text and a label column.")
    header = bool(names) and not table.names
    if names is None:
        return Columns(*_unnamed(path, rows, text, label), header, width)
    return Columns(*_named(path, names, text, label), header, width)


def _header(rows: list[Cells], *asked: str | None) -> tuple[str, ...] | None:
    """The first row, when it names columns and is not data."""
    first = [cell.strip() for cell in rows[0]]
    asked_for = {name.casefold() for name in asked if name and not name.isdigit()}
    if any(cell.casefold() in asked_for or _words(cell) & {*TEXT, *LABEL} for cell in first if _may_name(cell)):
        return tuple(first)
    place = _label_place(rows, range(len(first)))
    below = {row[place].strip() for row in _spread(rows[1:]) if len(row) > place}
    is_data = first[place] in below or _is_label(first[place]) or not all(_may_name(cell) for cell in first)
    return None if is_data else tuple(first)


def _may_name(cell: str) -> bool:
    """Up to three words; a sentence is data, and no error message may quote it."""
    return 0 < len(cell) <= _LONGEST_NAME and len(cell.split()) <= 3 and not cell.isdigit()


def _words(name: str) -> set[str]:
    return set(re.split(r"[\W_\d]+", one_spelling(name)))


def _is_label(cell: str) -> bool:
    return cell.lstrip("-").isdigit() or any(names(cell) for names in shipped())


# --- by name ------------------------------------------------------------------------------------------------


def _named(path: Path, names: tuple[str, ...], text: str | None, label: str | None) -> tuple[int, int]:
    at_label = _asked(path, names, label) if label else _common(names, LABEL)
    at_text = _asked(path, names, text) if text else _common(names, TEXT)
    if len(names) == 2:  # where one is known, the other is the other
        at_text = 1 - at_label if at_text is None and at_label is not None else at_text
        at_label = 1 - at_text if at_label is None and at_text is not None else at_label
    if at_text is None or at_label is None or at_text == at_label:
        lacking = "text" if at_text is None else "label"
        raise DataUnusable(
            f"{path} has no column that is plainly the {lacking}; it has {_listed(names)}: "
            f"name one with --{lacking}-column."
        )
    return at_text, at_label


def _asked(path: Path, names: tuple[str, ...], wanted: str) -> int:
    folded = [name.casefold() for name in names]
    if wanted.casefold() in folded:
        return folded.index(wanted.casefold())
    if wanted.isdigit() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    raise DataUnusable(f"{path} has no column {wanted!r}: use one of {_listed(names)}.")


def _common(names: tuple[str, ...], common: tuple[str, ...]) -> int | None:
    """The column with a common name; else the one column with such a word in its name."""
    folded = [one_spelling(name) for name in names]
    for name in common:
        if name in folded:
            return folded.index(name)
    alike = [at for at, name in enumerate(folded) if _words(name) & set(common)]
    return alike[0] if len(alike) == 1 else None


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(name[:_LONGEST_NAME] for name in names[:20])


# --- without names ------------------------------------------------------------------------------------------


def _unnamed(path: Path, rows: list[Cells], text: str | None, label: str | None) -> tuple[int, int]:
    """A file such as `sentence;joy` a line: the label is what repeats, the text is what is long."""
    width = len(rows[0])
    at_text = _place(path, text, width) if text else None
    others = [at for at in range(width) if at != at_text]
    at_label = _place(path, label, width) if label else _label_place(rows, others)
    if at_text is None:
        at_text = max((at for at in range(width) if at != at_label), key=lambda at: _length(rows, at))
    return at_text, at_label


def _place(path: Path, wanted: str, width: int) -> int:
    if wanted.isdigit() and 1 <= int(wanted) <= width:
        return int(wanted) - 1
    raise DataUnusable(f"{path} has no header, so no column {wanted!r}: give a column's number, 1 to {width}.")


def _label_place(rows: list[Cells], places: "range | list[int]") -> int:
    return min(places, key=lambda at: (not _labels_only(rows, at), _variety(rows, at), _length(rows, at)))


def _labels_only(rows: list[Cells], at: int) -> bool:
    """Whether a known scheme fits; the first row may be a header and is not asked."""
    cells = {row[at] for row in _spread(rows[1:] or rows) if len(row) > at}
    return (len(cells) > 1 or len(rows) <= _FEW) and any(names.fits(cells) for names in shipped())


def _variety(rows: list[Cells], at: int) -> float:
    """The share of different cells; a column that never changes tells nothing."""
    cells = [row[at] for row in _spread(rows) if len(row) > at]
    different = len(set(cells))
    return different / len(cells) if different > 1 else 1.0


def _length(rows: list[Cells], at: int) -> int:
    return sum(len(row[at]) for row in _spread(rows) if len(row) > at)


def _spread(rows: list[Cells]) -> list[Cells]:
    """Some rows from all over the file: many files are sorted by label."""
    return rows[:: max(1, len(rows) // _LOOKED_AT)]
