"""A data set to train on, from the name of a known one or from any labelled file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from models.data.corpora import KNOWN, load_known
from models.data.read import Labelled, read_rows
from models.data.rows import Corpus, projected
from models.data.split import Splits, stratified
from models.errors import DataUnusable
from models.labels import Scheme


@dataclass(frozen=True)
class Reading:
    """How the user's files are to be read; what is not said is found."""

    scheme: str | None = None
    text_column: str | None = None
    label_column: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True)
class HeldOut:
    """Which rows are not trained on: shares of the file, or files of their own."""

    validation: float = 0.1
    test: float = 0.1
    validation_file: str | None = None
    test_file: str | None = None
    seed: int = 1


class Loaded(NamedTuple):
    """The data, and what a person should know of how it was read."""

    corpus: Corpus
    notes: list[str]


def load_data(
    source: str | Path,
    reading: Reading | None = None,
    held_out: HeldOut | None = None,
    prefer: Scheme | None = None,
) -> Loaded:
    """A known data set in its published split, or a file in a seeded split of its own.

    `prefer` is the scheme that the model will answer in: a file's labels are read as its labels where all fit.
    """
    reading, held_out = reading or Reading(), held_out or HeldOut()
    if str(source) in KNOWN:
        return Loaded(load_known(str(source)), [])
    read: dict[str, Any] = {**vars(reading), "prefer": prefer}
    whole = read_rows(source, **read)
    others = [_beside(file, whole.scheme, read) for file in (held_out.validation_file, held_out.test_file)]
    corpus = Corpus(_name(source), whole.scheme, *_splits(whole, others[0], others[1], held_out))
    return Loaded(corpus, [*whole.notes, *(note for other in others if other for note in other.notes)])


def load_all(
    sources: Sequence[str], reading: Reading, held_out: HeldOut, prefer: Scheme | None = None
) -> tuple[list[Corpus], list[str]]:
    """Several, each under a name of its own."""
    if len(sources) > 1 and (held_out.validation_file or held_out.test_file):
        raise DataUnusable("Files of held-out rows belong to one data set: give --data once, or leave them out.")
    loaded = [load_data(source, reading, held_out, prefer) for source in sources]
    names = [one.corpus.name for one in loaded]
    corpora = [
        replace(one.corpus, name=f"{name}-{place + 1}" if name in names[:place] else name)
        for place, (one, name) in enumerate(zip(loaded, names, strict=True))
    ]
    return corpora, [note for one in loaded for note in one.notes]


def folding_notes(corpora: Sequence[Corpus], target: Scheme) -> list[str]:
    """What becomes of labels that are not those of the scheme that is trained."""
    return [
        f"{corpus.name}: labels of {corpus.scheme.name} were turned into those of {target.name}; "
        f"{_size(corpus) - _size(corpus.in_scheme(target)):,} of {_size(corpus):,} rows show none "
        f"{'' if target.multi else 'or several '}of them and were left out."
        for corpus in corpora
        if corpus.scheme.name != target.name
    ]


def _size(corpus: Corpus) -> int:
    return len(corpus.train) + len(corpus.validation) + len(corpus.test)


def _name(source: str | Path) -> str:
    return Path(source).name.split(".")[0] or "data"


def _beside(file: str | None, own: Scheme, read: dict[str, Any]) -> Labelled | None:
    """A file of held-out rows, in the scheme of the training rows."""
    if file is None:
        return None
    found = read_rows(file, **{**read, "prefer": own})
    if found.scheme.name == own.name:
        return found
    return Labelled(own, list(projected(found.rows, found.scheme, own)), found.notes)


def _splits(whole: Labelled, validation: Labelled | None, test: Labelled | None, held_out: HeldOut) -> Splits:
    """What has a file of its own is not cut from the training file."""
    shares = (0.0 if validation else held_out.validation, 0.0 if test else held_out.test)
    train, validated, tested = stratified(whole.rows, *shares, held_out.seed)
    return (
        train,
        tuple(validation.rows) if validation else validated,
        tuple(test.rows) if test else tested,
    )
