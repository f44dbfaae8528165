"""Labelled texts in memory, whatever file they came from."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from models.errors import DataUnusable
from models.labels import EMOTIONS, Scheme, only


class Row(NamedTuple):
    """One text and the labels it carries: exactly one, unless the scheme is multi-label."""

    text: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Corpus:
    """One data set's three splits in one scheme; each is a tuple of rows in the order of its file."""

    name: str
    scheme: Scheme
    train: tuple[Row, ...]
    validation: tuple[Row, ...]
    test: tuple[Row, ...]

    def in_scheme(self, target: Scheme) -> "Corpus":
        """The same texts with the labels of another scheme; rows that have none there are left out."""
        if target.labels == self.scheme.labels and target.multi == self.scheme.multi:
            return replace(self, scheme=target)
        splits = (tuple(projected(rows, self.scheme, target)) for rows in (self.train, self.validation, self.test))
        return Corpus(self.name, target, *splits)


def projected(rows: Iterable[Row], source: Scheme, target: Scheme) -> Iterable[Row]:
    """Rows of one scheme in another. Into a single-label scheme, a row goes that shows one label there.

    Into a multi-label scheme it takes all that it shows there, `neutral` too: there it says that some rater saw
    nothing, which is how a model learns what is weakly felt.
    """
    leads = leading(source, target)
    for text, labels in rows:
        found = {leads[label] for label in labels if label in leads}
        if target.multi:
            chosen = tuple(label for label in target.labels if label in found)
        else:
            label = only(found) if found else None
            chosen = () if label is None else (label,)
        if chosen:
            yield Row(text, chosen)


def leading(source: Scheme, target: Scheme) -> dict[str, str]:
    """Which label of the source becomes which of the target."""
    if source.name in target.sources:
        return dict(target.sources[source.name])
    if set(source.labels) <= set(target.labels):
        return {label: label for label in source.labels}
    if set(target.labels) <= set(EMOTIONS):
        return {label: emotion for label, emotion in source.mapping.items() if emotion in target.labels}
    raise DataUnusable(
        f"Labels of {source.name!r} have no meaning in the scheme {target.name!r}: give that scheme a "
        f"[from.{source.name}] table, or choose another scheme."
    )


def data_hash(corpora: Iterable[Corpus]) -> str:
    """SHA-256 over every row of every split, in order: which data a model has seen and was measured on."""
    digest = hashlib.sha256()
    for corpus in corpora:
        for split in (corpus.train, corpus.validation, corpus.test):
            digest.update(f"{corpus.name} {len(split)}\n".encode())
            for text, labels in split:
                digest.update(f"{','.join(labels)}\t{text}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
