"""A text as a sparse row of weighted n-gram counts (TF-IDF)."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

from models.errors import TrainingFailed
from models.linear.options import LinearOptions
from models.networks.hangul import composed

Floats = npt.NDArray[np.float64]

WORD = r"\w+|[^\w\s]"
"""A word, or one sign of its own: emoji, exclamation marks and question marks say much about a feeling."""


class Features:
    """The n-grams known and how rare each is; a row's values depend on nothing but its own text.

    >>> features = Features.of(["so happy 😭", "happy 😭"], LinearOptions(ngrams=(1, 1)))
    >>> features.ngrams
    ['happy', '😭']
    >>> features.matrix(["", "HAPPY"]).toarray().tolist()
    [[0.0, 0.0], [1.0, 0.0]]
    """

    def __init__(self, options: LinearOptions, ngrams: Sequence[str], rarity: Floats) -> None:
        self.options = options
        self.ngrams = list(ngrams)
        self.rarity = rarity.astype(np.float64)  # (n-grams,): inverse document frequencies
        self._vectorizer = _vectorizer(options, vocabulary=self.ngrams)
        self._vectorizer.idf_ = self.rarity

    @classmethod
    def of(cls, texts: Sequence[str], options: LinearOptions) -> "Features":
        """The n-grams of these texts; rarity in 32 bits, as it is stored."""
        fitted = _vectorizer(options, min_df=options.minimum, max_features=options.limit or None)
        try:
            fitted.fit(map(composed, texts))
        except ValueError as error:
            raise TrainingFailed(
                f"No n-gram occurs in {options.minimum} of the {len(texts)} texts: lower `minimum` or give more texts."
            ) from error
        return cls(options, fitted.get_feature_names_out().tolist(), fitted.idf_.astype(np.float32))

    def matrix(self, texts: Sequence[str]) -> Any:
        """Sparse (texts, n-grams); rows have length 1, or 0 where a text has no known n-gram."""
        return self._vectorizer.transform(map(composed, texts))


def _vectorizer(options: LinearOptions, **more: Any) -> TfidfVectorizer:
    word = {"token_pattern": WORD} if options.analyzer == "word" else {}
    return TfidfVectorizer(
        analyzer=options.analyzer, ngram_range=options.ngrams, sublinear_tf=options.sublinear, **word, **more
    )


def written(ngrams: Sequence[str]) -> bytes:
    """One JSON string a line; half an emoji (a lone surrogate) passes, as posts may hold one."""
    return "\n".join(json.dumps(ngram, ensure_ascii=False) for ngram in ngrams).encode("utf-8", "surrogatepass")


def read_ngrams(content: bytes) -> list[str]:
    ngrams = [json.loads(line) for line in content.decode("utf-8", "surrogatepass").split("\n")]
    if not all(isinstance(ngram, str) for ngram in ngrams):
        raise ValueError("some n-gram is not a text")
    return ngrams
