"""The data sets that Tideline knows by name, read from `data/`."""

import csv
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from models.data.keti import keti_part
from models.data.korean import korean_part
from models.data.kote import kote_part
from models.data.numbered import numbered, opened
from models.data.rows import Corpus, Row
from models.errors import DataUnusable
from models.labels import Scheme
from models.schemes import scheme

DATA = Path(__file__).parents[2] / "data"
SPLITS = ("train", "validation", "test")
ENGLISH = ("emotion", "goemotions")
"""What the shipped English models learned from."""


class Known(NamedTuple):
    """A data set of a published layout and split; `part` reads one of its splits from its folder."""

    scheme: str
    part: Callable[[Path, str], tuple[Row, ...]]
    licence: str
    languages: tuple[str, ...] = ("en",)


def load_corpora(folder: Path = DATA) -> tuple[Corpus, ...]:
    """Both English data sets, as distributed, each in its own scheme."""
    return tuple(load_known(name, folder) for name in ENGLISH)


def canonical_corpora(folder: Path = DATA) -> tuple[Corpus, ...]:
    """Both, their labels folded to the canonical seven."""
    return tuple(corpus.in_scheme(scheme("canonical")) for corpus in load_corpora(folder))


def load_known(name: str, folder: Path = DATA) -> Corpus:
    """One data set by its name, in its split."""
    train, validation, test = (split_of(name, split, folder)[1] for split in SPLITS)
    return Corpus(name, scheme(KNOWN[name].scheme), train, validation, test)


def split_of(name: str, split: str, folder: Path = DATA) -> tuple[Scheme, tuple[Row, ...]]:
    """Only one split of it: train, validation or test."""
    known = KNOWN[name]
    return scheme(known.scheme), known.part(folder / name, split)


def read_emotion(path: Path) -> list[Row]:
    """A CSV file with the columns `text` and `label` (0 to 5)."""
    with opened(path) as file:
        reader = csv.DictReader(file)
        if not {"text", "label"} <= set(reader.fieldnames or ()):
            raise DataUnusable(f"{path} lacks the columns text and label: give a dair-ai/emotion CSV file.")
        return list(numbered(path, scheme("dair"), ((row["text"], row["label"]) for row in reader)))


def read_goemotions(path: Path) -> list[Row]:
    """Text, tab, label numbers separated by commas, tab, comment id."""
    with opened(path) as file:
        reader = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return list(numbered(path, scheme("goemotions"), ((row[0], row[1]) for row in reader if len(row) > 1)))


def _file_part(
    read: Callable[[Path], list[Row]], files: tuple[str, str, str], folder: Path, split: str
) -> tuple[Row, ...]:
    """Of a data set that has a file for each split."""
    return tuple(read(folder / files[SPLITS.index(split)]))


KNOWN = {
    "emotion": Known(
        "dair",
        partial(_file_part, read_emotion, ("train.csv", "validation.csv", "test.csv")),
        "dair-ai/emotion: educational and research use",
    ),
    "goemotions": Known(
        "goemotions",
        partial(_file_part, read_goemotions, ("train.tsv", "dev.tsv", "test.tsv")),
        "GoEmotions: CC BY 4.0",
    ),
    "kote": Known("kote", kote_part, "KOTE: MIT", ("ko",)),
    "korean": Known("canonical-multi", korean_part, "KOTE: MIT; invented sentences: CC0", ("ko",)),
    "keti": Known("korean-7", keti_part, "AI Hub Korean single-turn dialogue: no redistribution", ("ko",)),
}
"""Each lies in the folder of its name in `data/`, but for `korean`, which is made of two others."""
