"""How often each label occurs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.data.rows import Corpus, Row
from models.errors import DataUnusable
from models.evaluation.alignment import aligned
from models.labels import EMOTIONS, Scheme


@dataclass(frozen=True)
class Spread:
    """Rows that carry each label, in one data set; a row may carry several."""

    name: str
    train: Mapping[str, int]
    test: Mapping[str, int]


def spread_of(corpus: Corpus, shown: Scheme, model: Scheme) -> Spread:
    train, test = (labelled(corpus, rows, shown, model) for rows in (corpus.train, corpus.test))
    return Spread(corpus.name, _counts(train, shown), _counts(test, shown))


def labelled(corpus: Corpus, rows: Sequence[Row], shown: Scheme, model: Scheme) -> tuple[Row, ...]:
    """Rows with the labels that the page shows: the model's, or the seven where its data sets share no others."""
    fold = shown.labels != model.labels and shown.labels == EMOTIONS
    try:
        return aligned(rows, corpus.scheme, model, fold).rows if rows else ()
    except DataUnusable:
        return ()


def _counts(rows: Sequence[Row], scheme: Scheme) -> dict[str, int]:
    found = Counter(label for row in rows for label in row.labels)
    return {label: found[label] for label in scheme.labels}
