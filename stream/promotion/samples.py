"""Texts on which two models are compared: what people wrote here lately, else labelled texts that ship."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from models.classifier import Classifier, Thousandths
from models.data.corpora import split_of
from models.errors import DataUnusable
from models.transfer.offsets import MOST_OF_ONE, Both
from storage.retained import Retained

ENOUGH = 500
MOST = 4000
MOST_OF_A_PERSON = 20  # so that nobody who writes a lot decides for everybody
SHIPPED = {"en": ("emotion", "goemotions"), "ko": ("kote",)}  # their validation rows
_CHUNK = 512


@dataclass(frozen=True)
class Pairs:
    """The same texts, (texts, 7) each: scored by the new model, and as detectors hear them with the old one."""

    source: str
    new: Thousandths
    heard: Thousandths


def few_of_each(posts: Iterable[Retained], most: int = MOST_OF_A_PERSON) -> Iterator[Retained]:
    """Of every person no more than that many, the first ones."""
    seen: Counter[str] = Counter()
    for post in posts:
        seen[post.person] += 1
        if seen[post.person] <= most:
            yield post


def drawn(posts: Iterable[Retained]) -> list[Retained]:
    """As many as a curve needs."""
    return list(islice(few_of_each(posts), MOST))


def shipped_texts(language: str) -> list[str]:
    """Validation rows, evenly taken; none where no data set of the language is here."""
    try:
        found = [row.text for name in SHIPPED.get(language, ()) for row in split_of(name, "validation")[1]]
    except (DataUnusable, OSError):
        return []
    return found[:: max(1, len(found) // MOST)][:MOST]


def scored(classifier: Classifier, texts: Sequence[str]) -> Thousandths:
    """(texts, 7), a few hundred at a time."""
    rows = [classifier.emotions(texts[begin : begin + _CHUNK]) for begin in range(0, len(texts), _CHUNK)]
    return np.concatenate(rows) if rows else np.zeros((0, 7), dtype=np.int16)


def by_person(
    classifier: Classifier, posts: Iterable[Retained], heard: Callable[[Retained], Thousandths]
) -> dict[str, Both]:
    """Everybody's retained texts with both models' scores; the texts themselves are let go chunk by chunk."""
    new: dict[str, list[Thousandths]] = {}
    old: dict[str, list[Thousandths]] = {}
    source = few_of_each(posts, MOST_OF_ONE)
    while chunk := list(islice(source, _CHUNK)):
        rows = classifier.emotions([post.text for post in chunk])
        for post, row in zip(chunk, rows, strict=True):
            new.setdefault(post.person, []).append(row)
            old.setdefault(post.person, []).append(heard(post))
    return {person: Both(np.stack(rows), np.stack(old[person])) for person, rows in new.items()}
