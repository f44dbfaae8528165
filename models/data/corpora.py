"""The data sets that Tideline knows by name, read from `data/`."""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

from models.data.rows import Corpus, Row
from models.errors import DataUnusable
from models.labels import Scheme
from models.schemes import scheme

DATA = Path(__file__).parents[2] / "data"
SPLITS = ("train", "validation", "test")


class Known(NamedTuple):
    """A data set of a published layout and split."""

    scheme: str
    read: Callable[[Path], list[Row]]
    files: tuple[str, str, str]
    licence: str


def load_corpora(folder: Path = DATA) -> tuple[Corpus, ...]:
    """Both English data sets, as distributed, each in its own scheme."""
    return tuple(load_known(name, folder) for name in KNOWN)


def canonical_corpora(folder: Path = DATA) -> tuple[Corpus, ...]:
    """Both, their labels folded to the canonical seven."""
    return tuple(corpus.in_scheme(scheme("canonical")) for corpus in load_corpora(folder))


def load_known(name: str, folder: Path = DATA) -> Corpus:
    """One data set by its name, in its published split."""
    train, validation, test = (split_of(name, split, folder)[1] for split in SPLITS)
    return Corpus(name, scheme(KNOWN[name].scheme), train, validation, test)


def split_of(name: str, split: str, folder: Path = DATA) -> tuple[Scheme, tuple[Row, ...]]:
    """Only one split of it: train, validation or test."""
    known = KNOWN[name]
    return scheme(known.scheme), tuple(known.read(folder / name / known.files[SPLITS.index(split)]))


def read_emotion(path: Path) -> list[Row]:
    """A CSV file with the columns `text` and `label` (0 to 5)."""
    with _opened(path) as file:
        reader = csv.DictReader(file)
        if not {"text", "label"} <= set(reader.fieldnames or ()):
            raise DataUnusable(f"{path} lacks the columns text and label: give a dair-ai/emotion CSV file.")
        return list(_numbered(path, scheme("dair"), ((row["text"], row["label"]) for row in reader)))


def read_goemotions(path: Path) -> list[Row]:
    """Text, tab, label numbers separated by commas, tab, comment id."""
    with _opened(path) as file:
        reader = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return list(_numbered(path, scheme("goemotions"), ((row[0], row[1]) for row in reader if len(row) > 1)))


KNOWN = {
    "emotion": Known(
        "dair",
        read_emotion,
        ("train.csv", "validation.csv", "test.csv"),
        "dair-ai/emotion: educational and research use",
    ),
    "goemotions": Known("goemotions", read_goemotions, ("train.tsv", "dev.tsv", "test.tsv"), "GoEmotions: CC BY 4.0"),
}
"""Each lies in the folder of its name in `data/`."""


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise DataUnusable(f"{path} cannot be read ({error.strerror}): check the data folder.") from error
    except UnicodeDecodeError as error:
        raise DataUnusable(f"{path} is not UTF-8: convert it first.") from error


def _numbered(path: Path, labels: Scheme, rows: Iterable[tuple[str, str]]) -> Iterator[Row]:
    named = {str(number): label for number, label in enumerate(labels.labels)}
    for number, (text, numbers) in enumerate(rows, start=1):
        try:
            yield Row(text, tuple(named[one] for one in numbers.split(",")))
        except KeyError as error:
            reason = f"label {numbers!r} is not a number of the scheme {labels.name!r}"
            raise DataUnusable(f"{path}, row {number}: {reason}; correct the file.") from error
