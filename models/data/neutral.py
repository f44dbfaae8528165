"""What to do with rows that show no feeling: keep them, leave them out, or train on fewer of them."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from models.data.rows import Corpus, Row
from models.labels import Scheme

KEEP, DROP, UNDERSAMPLE = "keep", "drop", "undersample"
CHOICES = (KEEP, DROP, UNDERSAMPLE)
_CALLED = ("neutral", "중립", "없음")
_SEED = 1


def nothing_felt(scheme: Scheme) -> str | None:
    """The label for a text that says nothing at all, where the scheme has one."""
    return next((label for label in _CALLED if label in scheme.labels), None)


def handled(corpus: Corpus, how: str) -> Corpus:
    """The data set with its neutral rows as wanted; a row is neutral when all of its labels are.

    `drop` takes them from every split, so that nothing is measured on them either. `undersample` cuts those of the
    training rows down to the size of the most frequent other label, always to the same rows.
    """
    if how == DROP:
        splits = (_felt(rows, corpus.scheme) for rows in (corpus.train, corpus.validation, corpus.test))
        return Corpus(corpus.name, corpus.scheme, *splits)
    return replace(corpus, train=_fewer(corpus.train, corpus.scheme)) if how == UNDERSAMPLE else corpus


def neutral_notes(corpora: Sequence[Corpus], how: str) -> list[str]:
    """What that costs each data set."""
    kind = "neutral training rows" if how == UNDERSAMPLE else "neutral rows"
    lost = [(corpus.name, _size(corpus) - _size(handled(corpus, how))) for corpus in corpora]
    return [] if how == KEEP else [f"{name}: {count:,} {kind} were left out." for name, count in lost]


def _felt(rows: Sequence[Row], scheme: Scheme) -> tuple[Row, ...]:
    return tuple(row for row in rows if not _is_neutral(row, scheme))


def _fewer(rows: Sequence[Row], scheme: Scheme) -> tuple[Row, ...]:
    neutral = [place for place, row in enumerate(rows) if _is_neutral(row, scheme)]
    others = Counter(label for row in rows for label in row.labels if scheme.mapping[label] != "neutral")
    most = max(others.values(), default=len(neutral))
    surplus = set(random.Random(_SEED).sample(neutral, max(len(neutral) - most, 0)))
    return tuple(row for place, row in enumerate(rows) if place not in surplus)


def _is_neutral(row: Row, scheme: Scheme) -> bool:
    return all(scheme.mapping[label] == "neutral" for label in row.labels)


def _size(corpus: Corpus) -> int:
    return len(corpus.train) + len(corpus.validation) + len(corpus.test)
