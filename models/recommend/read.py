"""A list of songs or of resources from a CSV, TSV or JSON file."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from models.data.decode import decoded
from models.data.tables import Cells, Table, table_of
from models.errors import DataUnusable
from models.recommend.items import Item, collapsed, folded, genres_of

TITLE = ("title", "song", "track", "name", "resource", "제목", "곡명")
ARTIST = ("artist", "artists", "singer", "band", "performer", "by", "가수", "아티스트")
GENRE = ("genre", "genres", "kind", "style", "tags", "장르")
LYRICS = ("lyrics", "lyric", "text", "words", "body", "description", "가사")


class Listed(NamedTuple):
    """The items, each once, and what a person should know of how the list was read."""

    items: list[Item]
    notes: list[str]


class Row(NamedTuple):
    """One row of the file by its folded column names; `number` counts from 1 below the header."""

    path: Path
    number: int
    cells: dict[str, str]

    def get(self, names: Sequence[str]) -> str:
        """The cell under the first of these names that the file has."""
        return next((self.cells[name].strip() for name in names if name in self.cells), "")


Make = Callable[[Row], Item]


def read_songs(path: Path, encoding: str | None = None) -> Listed:
    """Songs; raises `DataUnusable` when the file has no titles or no lyrics."""
    return read_list(path, encoding, song)


def song(row: Row) -> Item:
    return Item(row.get(TITLE), row.get(ARTIST), genres_of(row.get(GENRE)), row.get(LYRICS))


def read_list(path: Path, encoding: str | None, make: Make, required: Sequence[Sequence[str]] = ()) -> Listed:
    """Rows made into items; those without a title are skipped, those that come twice are taken once."""
    text, used = decoded(path, encoding)
    table = table_of(path, text)
    names, rows = _named(path, table)
    for column in (TITLE, LYRICS, *required):
        _require(path, names, column)
    found = [make(row) for row in _rows(path, names, rows)]
    titled = [item for item in found if folded(item.title)]
    if not titled:
        raise DataUnusable(
            f"{path} has no row with a title: give a list with the columns title, artist, genre, lyrics."
        )
    items = collapsed(titled)
    return Listed(items, _notes(path, used, names, [len(found), len(titled), len(items)]))


def _named(path: Path, table: Table) -> tuple[list[str], list[Cells]]:
    """Column names, folded, and the rows below them."""
    if table.names:
        return [folded(name) for name in table.names], table.rows
    if not table.rows:
        raise DataUnusable(f"{path} holds no rows: give a list with the columns title, artist, genre, lyrics.")
    return [folded(name) for name in table.rows[0]], table.rows[1:]


def _require(path: Path, names: list[str], column: Sequence[str]) -> None:
    if set(column) & set(names):
        return
    shown = ", ".join(name[:40] for name in names[:20] if name) or "nothing"
    raise DataUnusable(f"{path} has no column {column[0]} (its first row says: {shown}): name one so in the first row.")


def _rows(path: Path, names: list[str], rows: list[Cells]) -> Iterator[Row]:
    for number, cells in enumerate(rows, start=1):
        if len(cells) > len(names) and any(cells[len(names) :]):
            raise DataUnusable(
                f"{path}, row {number} has {len(cells)} cells where {len(names)} are expected: put lyrics in quotes."
            )
        yield Row(path, number, dict(zip(names, [*cells, *[""] * (len(names) - len(cells))], strict=False)))


def _notes(path: Path, encoding: str, names: list[str], counts: list[int]) -> list[str]:
    found, titled, items = counts
    notes = []
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.append(f"{path} was read as {encoding}; write it out as UTF-8 if letters look wrong.")
    if found > titled:
        notes.append(f"{path}: rows without a title were skipped: {found - titled}.")
    if titled > items:
        notes.append(f"{path}: rows that repeat a title and artist were taken once: {titled - items} left out.")
    if not set(GENRE) & set(names):
        notes.append(f"{path} has no column genre: similarity goes by the lyrics alone.")
    return notes
