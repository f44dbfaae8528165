"""Labels of people among the base data: enough of the old that nothing is forgotten, a human label above any other."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from models.data.rows import Corpus, Row
from models.networks.text import text_key


@dataclass(frozen=True)
class Mix:
    """Each label is seen `copies` times an epoch; of the base training rows `base` are (0: all), drawn by `seed`."""

    copies: int = 3
    base: int = 0
    seed: int = 1


class Mixed(NamedTuple):
    """The data of a challenger, and how many base rows gave way to a human label of the same text."""

    corpora: tuple[Corpus, ...]
    base_rows: int
    from_train: int
    from_validation: int


def mixed(
    base: Sequence[Corpus], train: Sequence[Row], validation: Sequence[Row], held: Iterable[Row], mix: Mix
) -> Mixed:
    """The base data, already in the model's scheme, with the labels; test splits stay as they are.

    A base validation row that a person labelled leaves validation: its text is learned from. No text that measures
    (`held`) is learned from. The labels join the data set whose validation rows show most of the labels, so that no
    other is suddenly asked for labels that it does not have.
    """
    judged = {text_key(row.text) for row in (*train, *validation, *held)}
    freed = [_without(corpus, judged) for corpus in base]
    drawn = _drawn(freed, mix)
    host = max(range(len(drawn)), key=lambda place: _variety(drawn[place]))
    drawn[host] = _joined(drawn[host], train, validation, mix.copies)
    return Mixed(
        tuple(drawn),
        sum(len(corpus.train) for corpus in drawn) - len(train) * mix.copies,
        sum(len(one.train) - len(other.train) for one, other in zip(base, freed, strict=True)),
        sum(len(one.validation) - len(other.validation) for one, other in zip(base, freed, strict=True)),
    )


def _without(corpus: Corpus, keys: set[str]) -> Corpus:
    train, validation = (
        tuple(row for row in rows if text_key(row.text) not in keys) for rows in (corpus.train, corpus.validation)
    )
    return replace(corpus, train=train, validation=validation)


def _drawn(corpora: Sequence[Corpus], mix: Mix) -> list[Corpus]:
    """The same share of every data set, in the order of its file."""
    total = sum(len(corpus.train) for corpus in corpora)
    if not 0 < mix.base < total:
        return list(corpora)
    return [replace(corpus, train=_some(corpus, mix.base / total, mix.seed)) for corpus in corpora]


def _some(corpus: Corpus, share: float, seed: int) -> tuple[Row, ...]:
    places = random.Random(f"{seed} {corpus.name}").sample(range(len(corpus.train)), round(len(corpus.train) * share))
    return tuple(corpus.train[place] for place in sorted(places))


def _variety(corpus: Corpus) -> tuple[int, int]:
    return len({label for row in corpus.validation for label in row.labels}), len(corpus.validation)


def _joined(corpus: Corpus, train: Sequence[Row], validation: Sequence[Row], copies: int) -> Corpus:
    return replace(
        corpus, train=(*corpus.train, *(tuple(train) * copies)), validation=(*corpus.validation, *validation)
    )
