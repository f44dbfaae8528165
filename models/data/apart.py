"""Keeping held-out texts out of training, and saying what that cost."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from models.data.rows import Corpus, Row
from models.errors import DataUnusable
from models.networks.text import text_key


def disjoint(corpora: Iterable[Corpus]) -> tuple[Corpus, ...]:
    """The same corpora without any training row whose text is also held out, in any of them.

    Then validation rows whose text is also in a test split are dropped; the test splits stay whole,
    so that figures compare with published ones. "The same text" is judged by `text_key`.
    """
    corpora = tuple(corpora)
    tested = {text_key(row.text) for corpus in corpora for row in corpus.test}
    held_out = tested | {text_key(row.text) for corpus in corpora for row in corpus.validation}
    return tuple(
        replace(corpus, train=_without(corpus.train, held_out), validation=_without(corpus.validation, tested))
        for corpus in corpora
    )


def _without(rows: Iterable[Row], keys: set[str]) -> tuple[Row, ...]:
    return tuple(row for row in rows if text_key(row.text) not in keys)


def counted(before: Sequence[Corpus], apart: Sequence[Corpus]) -> dict[str, dict[str, int]]:
    """For each data set its rows after `disjoint`, and how many that left out.

    `shared` are the training and validation rows whose text its own published split also holds out; `dropped` are
    those that went, here or in a data set trained on together with it.
    """
    return {one.name: _counts(one, other) for one, other in zip(before, apart, strict=True)}


def _counts(before: Corpus, apart: Corpus) -> dict[str, int]:
    alone = disjoint([before])[0]
    return {
        "train": len(apart.train),
        "validation": len(apart.validation),
        "test": len(apart.test),
        "dropped_train": len(before.train) - len(apart.train),
        "dropped_validation": len(before.validation) - len(apart.validation),
        "shared_train": len(before.train) - len(alone.train),
        "shared_validation": len(before.validation) - len(alone.validation),
    }


def require_enough(corpora: Sequence[Corpus]) -> None:
    """Raises `DataUnusable` when there is nothing to tell apart, or nothing held out."""
    labels = sorted({label for corpus in corpora for row in corpus.train for label in row.labels})
    names = ", ".join(corpus.name for corpus in corpora)
    if len(labels) < 2:
        only = f"only the label {labels[0]!r}" if labels else "no label"
        raise DataUnusable(f"The training rows of {names} show {only}: give rows with at least two labels.")
    for corpus in corpora:
        if not (corpus.validation and corpus.test):
            split = "test" if corpus.validation else "validation"
            raise DataUnusable(
                f"{corpus.name} holds out no {split} rows: give at least three rows of a label and a share above 0."
            )
