"""Texts seen before, such as reposts, are not scored again."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from models.classifier import Classifier, Thousandths
from models.labels import EMOTIONS, Scheme
from models.scores import Scores

ENTRY_BYTES = 350
"""A 16-byte digest, seven 16-bit scores, and what Python's objects around them take: by tracemalloc at most 295 at
rest and 335 while the table is made larger, and 16 that the allocator rounds up."""


class Remembering:
    """A classifier that keeps the scores of the texts it met last, within a number of bytes.

    A score does not depend on who is scored beside it, so a remembered one is the one that would be computed.
    Digests are kept, not texts. `predict` is not remembered: its last digits do depend on company.
    """

    def __init__(self, classifier: Classifier, most_bytes: int) -> None:
        self._classifier = classifier
        self._most = most_bytes // ENTRY_BYTES
        self._known: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._known)

    @property
    def version(self) -> str:
        return self._classifier.version

    @property
    def languages(self) -> frozenset[str]:
        return self._classifier.languages

    @property
    def scheme(self) -> Scheme:
        return self._classifier.scheme

    def predict(self, texts: Sequence[str]) -> Scores:
        return self._classifier.predict(texts)

    def emotions(self, texts: Sequence[str]) -> Thousandths:
        """Each different text once; outside the lock, so that callers do not wait for each other's model."""
        digests = [_digest(text) for text in texts]
        rows = self._look_up(digests)
        fresh = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in rows}
        if fresh:
            found = self._classifier.emotions(list(fresh.values()))
            scored = {digest: row.tobytes() for digest, row in zip(fresh, found, strict=True)}
            self._keep(scored)
            rows |= scored
        joined = b"".join(rows[digest] for digest in digests)
        return np.frombuffer(joined, dtype=np.int16).reshape(len(texts), len(EMOTIONS)).copy()

    def _look_up(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        with self._lock:
            rows = {digest: self._known[digest] for digest in digests if digest in self._known}
            for digest in rows:
                self._known.move_to_end(digest)
        return rows

    def _keep(self, scored: dict[bytes, bytes]) -> None:
        with self._lock:
            self._known.update(scored)
            while len(self._known) > self._most:
                self._known.popitem(last=False)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
