"""Labelled texts from any file with a text and a label column, or from a data set known by name."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from models.data.columns import Columns, find_columns
from models.data.corpora import KNOWN, split_of
from models.data.decode import decoded
from models.data.naming import Names, fitting, parts, shipped
from models.data.rows import Row
from models.data.tables import table_of
from models.errors import DataUnusable
from models.labels import Scheme
from models.schemes import scheme as scheme_called

AUTO = "auto"


class Labelled(NamedTuple):
    """A file's rows in the scheme that its labels belong to, and what a person should know of how it was read."""

    scheme: Scheme
    rows: list[Row]
    notes: list[str]


class _Cells(NamedTuple):
    number: int
    text: str
    label: str


def read_rows(
    source: str | Path,
    scheme: str | Scheme | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    encoding: str | None = None,
    *,
    delimiter: str | None = None,
    prefer: Scheme | None = None,
    split: str = "test",
) -> Labelled:
    """The rows of a CSV, TSV, JSON or JSON-lines file; of a data set known by name, those of one split.

    `scheme` says what the labels are, and all must fit it. Without it (or with "auto"), it is `prefer` when
    every label fits that, else the shipped scheme that all labels fit. Rows come in the scheme that is
    returned: fold them into another with `models.data.rows.projected`.
    """
    stated = None if scheme in (None, AUTO) else scheme
    if str(source) in KNOWN:
        own, known = split_of(str(source), split)
        return Labelled(own, list(known), [])
    path = Path(source)
    text, used = decoded(path, encoding)
    table = table_of(path, text, delimiter)
    columns = find_columns(path, table, text_column, label_column)
    found, skipped = _filled(list(_cells(path, table.rows[columns.header :], columns)))
    if not found:
        raise DataUnusable(f"{path} holds no row with a text and a label: check its columns.")
    chosen = _scheme_of(path, found, stated, prefer)
    rows = [Row(row.text, labels) for row, labels in zip(found, _labels(path, found, chosen), strict=True)]
    return Labelled(chosen.scheme, rows, _notes(path, used, skipped, found, chosen.scheme))


def _cells(path: Path, rows: Sequence[list[str]], columns: Columns) -> Iterator[_Cells]:
    for number, row in enumerate(rows, start=1):
        if len(row) < columns.width or any(row[columns.width :]):
            raise DataUnusable(
                f"{path}, row {number} has {len(row)} cells where {columns.width} are expected: put texts in "
                "quotes, or name the sign between cells with --delimiter."
            )
        yield _Cells(number, row[columns.text], row[columns.label].strip())


def _filled(cells: list[_Cells]) -> tuple[list[_Cells], Counter[str]]:
    """Rows with both text and label, and how many lacked which."""
    found = [row for row in cells if row.text.strip() and row.label]
    without_text = sum(not row.text.strip() for row in cells)
    return found, Counter(text=without_text, label=len(cells) - len(found) - without_text)


# --- labels -------------------------------------------------------------------------------------------------


def _scheme_of(path: Path, found: list[_Cells], stated: str | Scheme | None, prefer: Scheme | None) -> Names:
    if stated is not None:
        return Names(stated if isinstance(stated, Scheme) else scheme_called(stated))
    first = [Names(prefer)] if prefer else []
    chosen = fitting((row.label for row in found), first)
    return chosen or _nearest(path, found, first)


def _nearest(path: Path, found: list[_Cells], first: list[Names]) -> Names:
    """None fits. Where one was preferred or nearly fits, its first wrong row is the thing to tell."""
    counts = Counter(row.label for row in found)
    share = {names: _readable(names, counts) for names in (*first, *shipped())}
    best = max(share, key=lambda names: share[names])
    if share[best] >= 0.5 * len(found):
        return best
    shown = ", ".join(dict.fromkeys(_shown(label) for label, _count in counts.most_common(5)))
    known = ", ".join(names.scheme.name for names in shipped())
    raise DataUnusable(
        f"{path} has labels such as {shown}, which fit none of the schemes {known}: describe yours in a TOML "
        "file like those in models/label_schemes and give it with --scheme."
    )


def _shown(label: str) -> str:
    """A label, but no sentence: where the wrong column was named, that would be a post."""
    return repr(label) if len(label) <= 30 and len(label.split()) <= 3 else "that is a whole sentence"


def _readable(names: Names, counts: Counter[str]) -> int:
    return sum(count for label, count in counts.items() if names.fits([label]))


def _labels(path: Path, found: list[_Cells], names: Names) -> Iterator[tuple[str, ...]]:
    own = names.scheme
    for row in found:
        labels = names(row.label)
        if labels is None:
            known = f"{', '.join(own.labels)}, or 0 to {len(own.labels) - 1}"
            raise DataUnusable(
                f"{path}, row {row.number}: label {_shown(row.label)} is not in the scheme {own.name!r} ({known}): "
                "correct the row, or choose another scheme with --scheme."
            )
        if len(labels) > 1 and not own.multi:
            raise DataUnusable(
                f"{path}, row {row.number} has several labels where the scheme {own.name!r} takes one: keep one, or "
                "choose a multi-label scheme with --scheme."
            )
        yield labels


# --- what to tell -------------------------------------------------------------------------------------------


def _notes(path: Path, encoding: str, skipped: Counter[str], found: list[_Cells], own: Scheme) -> list[str]:
    notes = []
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.append(f"{path} was read as {encoding}; name another encoding with --encoding if letters look wrong.")
    notes += [f"{path}: {count} rows without {what} were skipped." for what, count in skipped.items() if count]
    numbers = {part for row in found for part in parts(row.label)}
    if all(number.lstrip("-").isdigit() for number in numbers):
        meant = ", ".join(f"{number} = {_meant(number, own)}" for number in sorted(numbers, key=int)[:7])
        more = ", …" if len(numbers) > 7 else ""
        notes.append(f"{path}: numbers were read as labels of {own.name} ({meant}{more}); choose with --scheme.")
    return notes


def _meant(number: str, own: Scheme) -> str:
    return (Names(own)(number) or ("?",))[0]
