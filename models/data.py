"""The labelled texts in `data/`, loaded into one shape and kept apart from each other."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TextIO

from models.errors import DataUnusable
from models.labels import DAIR, GOEMOTIONS, Scheme
from models.text import text_key

DATA = Path(__file__).parent.parent / "data"


class Example(NamedTuple):
    """One text and the canonical emotion it shows."""

    text: str
    emotion: str


@dataclass(frozen=True)
class Corpus:
    """One data set's three splits; each is a tuple of examples in the order of its file."""

    name: str
    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]


def load_emotion(path: Path) -> list[Example]:
    """Rows of dair-ai/emotion: a CSV file with the columns `text` and `label` (0 to 5)."""
    with _opened(path) as file:
        reader = csv.DictReader(file)
        if not {"text", "label"} <= set(reader.fieldnames or ()):
            raise DataUnusable(f"{path} lacks the columns text and label: give a dair-ai/emotion CSV file.")
        return list(_examples(path, DAIR, ((row["text"], row["label"]) for row in reader)))


def load_goemotions(path: Path) -> list[Example]:
    """Rows of GoEmotions (text, tab, label numbers, tab, comment id) that show one canonical emotion."""
    with _opened(path) as file:
        reader = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return list(_examples(path, GOEMOTIONS, ((row[0], row[1]) for row in reader if len(row) > 1)))


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise DataUnusable(f"{path} cannot be read ({error.strerror}): check the data folder.") from error
    except UnicodeDecodeError as error:
        raise DataUnusable(f"{path} is not UTF-8: convert it first.") from error


def _examples(path: Path, scheme: Scheme, rows: Iterable[tuple[str, str]]) -> Iterator[Example]:
    numbered = {str(number): label for number, label in enumerate(scheme.labels)}
    for number, (text, labels) in enumerate(rows, start=1):
        try:
            emotion = scheme.canonical(numbered[label] for label in labels.split(","))
        except KeyError as error:
            reason = f"label {labels!r} is not a number of the scheme {scheme.name!r}"
            raise DataUnusable(f"{path}, row {number}: {reason}; correct the file.") from error
        if emotion is not None:
            yield Example(text, emotion)


def load_corpora(folder: Path = DATA) -> tuple[Corpus, ...]:
    """Both English data sets, as distributed."""
    return (
        _corpus("emotion", load_emotion, folder / "emotion", ("train.csv", "validation.csv", "test.csv")),
        _corpus("goemotions", load_goemotions, folder / "goemotions", ("train.tsv", "dev.tsv", "test.tsv")),
    )


def _corpus(name: str, load: Callable[[Path], list[Example]], folder: Path, files: Iterable[str]) -> Corpus:
    return Corpus(name, *(tuple(load(folder / file)) for file in files))


def disjoint(corpora: Iterable[Corpus]) -> tuple[Corpus, ...]:
    """The same corpora without any training row whose text is also held out, in any of them.

    Then validation rows whose text is also in a test split are dropped; the test splits stay whole,
    so that figures compare with published ones. "The same text" is judged by `text_key`.
    """
    corpora = tuple(corpora)
    tested = {text_key(row.text) for corpus in corpora for row in corpus.test}
    held_out = tested | {text_key(row.text) for corpus in corpora for row in corpus.validation}
    return tuple(Corpus(c.name, _without(c.train, held_out), _without(c.validation, tested), c.test) for c in corpora)


def _without(rows: Iterable[Example], keys: set[str]) -> tuple[Example, ...]:
    return tuple(row for row in rows if text_key(row.text) not in keys)


def data_hash(corpora: Iterable[Corpus]) -> str:
    """SHA-256 over every row of every split, in order: which data a model has seen and was measured on."""
    digest = hashlib.sha256()
    for corpus in corpora:
        for split in (corpus.train, corpus.validation, corpus.test):
            digest.update(f"{corpus.name} {len(split)}\n".encode())
            for text, emotion in split:
                digest.update(f"{emotion}\t{text}\n".encode())
    return digest.hexdigest()
