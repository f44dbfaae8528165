"""Held-out labelled texts by split and emotion: what composed people write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from models.classifier import Classifier
from models.data.corpora import KNOWN, split_of
from models.data.read import read_rows
from models.data.rows import Row
from models.data.split import stratified
from models.errors import DataUnusable
from models.evaluation.asking import manifest_of
from models.labels import EMOTIONS, Scheme
from models.page.sources import split_again

SPLITS = ("validation", "test")
FILL = {"en": ("goemotions", "emotion"), "ko": ("kote",)}
"""By language: where the texts come from that a data set has none of (dair-ai/emotion has no neutral ones)."""
ENOUGH = 20
"""Texts of an emotion, with fewer of which an evaluation would say more about the texts than about the rule."""

Shelf = dict[str, list[str]]  # emotion → texts


@dataclass(frozen=True)
class Texts:
    """Both splits, and what a person should know of where they come from."""

    source: str
    language: str
    splits: dict[str, Shelf]
    notes: tuple[str, ...]


def load_texts(source: str, classifier: Classifier) -> Texts:
    """The held-out rows of a data set known by name or of a file, filled up with what it lacks altogether."""
    held = _held_out(source, classifier)
    splits = {split: _shelf(held.scheme, rows) for split, rows in zip(SPLITS, held.rows, strict=True)}
    language = _language(source, classifier)
    others = [other for other in FILL.get(language, ()) if other != source]
    notes = [note for other in others for note in _fill(splits, other)]
    return Texts(source, language, splits, (*held.notes, *notes))


class _HeldOut(NamedTuple):
    scheme: Scheme
    rows: tuple[Sequence[Row], Sequence[Row]]  # validation, test
    notes: Sequence[str] = ()


def _held_out(source: str, classifier: Classifier) -> _HeldOut:
    """A file that the model learned from is split as in training; of any other, halves are drawn."""
    if source in KNOWN:
        (scheme, known), (_, unseen) = (split_of(source, split) for split in SPLITS)
        return _HeldOut(scheme, (known, unseen))
    manifest = manifest_of(classifier)
    again = split_again(source, manifest) if manifest else None
    if again is None:
        read = read_rows(source)
        rest, half, _ = stratified(read.rows, 0.5, 0.0)
        return _HeldOut(read.scheme, (half, rest), read.notes)
    corpus = again.corpus
    if not (corpus.validation and corpus.test):
        raise DataUnusable(
            f"The model learned from {source} without holding rows out for validation and test: give other texts."
        )
    return _HeldOut(corpus.scheme, (corpus.validation, corpus.test), again.notes)


def _language(source: str, classifier: Classifier) -> str:
    known = KNOWN[source].languages if source in KNOWN else tuple(sorted(classifier.languages))
    return known[0] if len(known) == 1 else "en"


def _shelf(scheme: Scheme, rows: Sequence[Row]) -> Shelf:
    found: Shelf = {emotion: [] for emotion in EMOTIONS}
    for row in rows:
        if emotion := leading(scheme, row.labels):
            found[emotion].append(row.text)
    return found


def leading(scheme: Scheme, labels: Sequence[str]) -> str | None:
    """The emotion that most of a row's labels mean, neutral left aside; None where two are level.

    >>> from models.schemes import scheme
    >>> leading(scheme("goemotions"), ["grief", "remorse", "anger", "neutral"])
    'sadness'
    >>> leading(scheme("goemotions"), ["grief", "anger"]) is None
    True
    """
    counts = Counter(scheme.mapping[label] for label in labels)
    felt = Counter({emotion: count for emotion, count in counts.items() if emotion != "neutral"}) or counts
    (first, most), *others = felt.most_common(2)
    return None if others and others[0][1] == most else first


def _fill(splits: dict[str, Shelf], other: str) -> list[str]:
    """Emotions that a split has none of at all are taken from the same split of another data set."""
    lacking = [emotion for emotion in EMOTIONS if not all(shelf[emotion] for shelf in splits.values())]
    if not lacking:
        return []
    for split, shelf in splits.items():
        more = _shelf(*split_of(other, split))
        shelf.update({emotion: more[emotion] for emotion in lacking})
    return [f"texts for {', '.join(lacking)} come from {other}, the same splits."]
