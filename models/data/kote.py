"""KOTE, Korean comments: what ships of it, or all of it where the user adds the published training rows."""

import csv
from collections import Counter
from pathlib import Path

from models.data.numbered import numbered, opened
from models.data.rows import Row
from models.data.split import stratified
from models.errors import DataUnusable
from models.schemes import scheme

TRAIN, VALIDATION, TEST = "train.tsv", "val.tsv", "test.tsv"
_HELD_OUT = 0.1
_SEED = 1


def read_kote(path: Path) -> list[Row]:
    """Comment id, tab, text (in quotes where it holds any), tab, label numbers separated by commas."""
    with opened(path) as file:
        cells = list(csv.reader(file, delimiter="\t"))
    short = next((number for number, row in enumerate(cells, start=1) if len(row) != 3), None)
    if short is not None:
        raise DataUnusable(f"{path}, row {short} has not three cells (id, text, labels): correct the file.")
    return list(numbered(path, scheme("kote"), ((text, labels) for _id, text, labels in cells)))


def kote_part(folder: Path, split: str) -> tuple[Row, ...]:
    """Train, validation or test rows.

    The published training rows do not ship. Without them nine tenths of the published validation rows are
    trained on and the last tenth validates; with them (`train.tsv` in the folder) the split is the published one.
    """
    if split == "test":
        return tuple(read_kote(folder / TEST))
    whole = (folder / TRAIN).is_file()
    if whole:
        return tuple(read_kote(folder / (TRAIN if split == "train" else VALIDATION)))
    train, validation = _cut(read_kote(folder / VALIDATION))
    return train if split == "train" else validation


def _cut(rows: list[Row]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Spread by each row's rarest label: common ones come in about their share by themselves."""
    counts = Counter(label for row in rows for label in row.labels)
    rarest_first = [Row(text, tuple(sorted(labels, key=lambda label: counts[label]))) for text, labels in rows]
    train, validation, _none = stratified(rarest_first, _HELD_OUT, 0.0, _SEED)
    return _as_read(train), _as_read(validation)


def _as_read(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    place = {label: number for number, label in enumerate(scheme("kote").labels)}
    return tuple(Row(text, tuple(sorted(labels, key=place.__getitem__))) for text, labels in rows)
