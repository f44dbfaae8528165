"""What a retraining starts from: texts that people judged, without their names."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from models.data.rows import Row
from models.labelling.judgements import Judgement
from models.labels import Scheme


class Judged(NamedTuple):
    """One post's words and every judgement of them; `person` is the pseudonym of who wrote it."""

    key: str
    person: str
    sent_at: datetime
    language: str
    text: str
    judgements: tuple[Judgement, ...]


class Item(NamedTuple):
    """A post with the one emotion that its judges agree on, and how sure that is."""

    key: str
    person: str
    sent_at: datetime
    language: str
    text: str
    emotion: str
    confidence: float


def row_of(item: Item, target: Scheme) -> Row | None:
    """In the labels that a model answers in; None where its scheme has no such label.

    >>> from models.schemes import scheme
    >>> item = Item("1", "p", datetime(2025, 1, 1), "en", "so happy", "joy", 1.0)
    >>> row_of(item, scheme("canonical"))
    Row(text='so happy', labels=('joy',))
    """
    label = _label(item.emotion, target)
    return Row(item.text, (label,)) if label else None


def _label(emotion: str, target: Scheme) -> str | None:
    """The emotion under its own name, else the only label that means it; several would be a guess."""
    if emotion in target.labels:
        return emotion
    meaning = [label for label in target.labels if target.mapping[label] == emotion]
    return meaning[0] if len(meaning) == 1 else None


def rows_of(items: Iterable[Item], target: Scheme) -> tuple[Row, ...]:
    """All that the scheme has a label for."""
    return tuple(row for row in (row_of(item, target) for item in items) if row)
