"""How like two items are: 0.3 × the cosine of their genres + 1.0 × the cosine of their lyrics, unless told."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

from models.errors import DataUnusable
from models.recommend.items import Item, folded, genre_key

Floats = npt.NDArray[np.float64]

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_HANGUL = re.compile("^[\uac00-\ud7a3]+$")

_COMMON, _FEW = 0.1, 2
"""A word in more than this share of the lyrics, and in more than so many, tells nobody why two are alike."""


@dataclass(frozen=True)
class Weights:
    """What each kind of likeness counts."""

    genre: float = 0.3
    lyrics: float = 1.0

    def __post_init__(self) -> None:
        both = (self.genre, self.lyrics)
        if not all(math.isfinite(one) and one >= 0 for one in both) or not any(both):
            raise DataUnusable(
                f"Weights of {self.genre} for genre and {self.lyrics} for lyrics compare nothing: "
                "give two numbers of at least 0, one of them above."
            )


class Likeness(NamedTuple):
    """To every item of the list, each an array (items,); `whole` is the weighted sum of the two cosines."""

    genre: Floats
    lyrics: Floats
    whole: Floats


class Similarity:
    """Sparse rows of unit length, so that a cosine to all items is one product: no table of all pairs is made.

    Count vectors of genres know each genre as a whole; the vectors of lyrics are TF-IDF over `terms`.
    """

    def __init__(self, items: Sequence[Item], weights: Weights) -> None:
        self._weights = weights
        self._genres = _vectors(CountVectorizer(analyzer=_genre_terms, dtype=np.float64), items, normalize)
        self._words = TfidfVectorizer(analyzer=terms, dtype=np.float64)
        self._lyrics = _vectors(self._words, [item.lyrics for item in items])
        commonest = max(_FEW, len(items) * _COMMON)
        self._telling = math.log((1 + len(items)) / (1 + commonest)) + 1  # scikit-learn's inverse document frequency

    def to_item(self, place: int) -> Likeness:
        return self._whole(_cosines(self._genres, self._genres[place]), _cosines(self._lyrics, self._lyrics[place]))

    def to_text(self, text: str) -> Likeness:
        """A text has no genre."""
        known = self._lyrics.shape[1] > 0
        lyrics = _cosines(self._lyrics, self._words.transform([text])) if known else np.zeros(self._lyrics.shape[0])
        return self._whole(np.zeros(len(lyrics)), lyrics)

    def shared(self, one: str, other: str) -> tuple[str, ...]:
        """Telling words that two lyrics of the list share, the rarest of the list first."""
        both = set(words(one)) & set(words(other))
        rarity = {word: float(self._words.idf_[self._words.vocabulary_[word]]) for word in both}
        telling = [word for word in both if rarity[word] >= self._telling]
        return tuple(sorted(telling, key=lambda word: (-rarity[word], word)))

    def _whole(self, genre: Floats, lyrics: Floats) -> Likeness:
        return Likeness(genre, lyrics, self._weights.genre * genre + self._weights.lyrics * lyrics)


def terms(lyrics: str) -> list[str]:
    """Words; of a longer Korean word also its pairs of syllables, for particles and endings hang on its stem.

    >>> terms("Sea, 바다에서")
    ['sea', '바다에서', '바다', '다에', '에서']
    """
    found = []
    for word in words(lyrics):
        found.append(word)
        if len(word) > 2 and _HANGUL.match(word):
            found += [word[at : at + 2] for at in range(len(word) - 1)]
    return found


def words(lyrics: str) -> list[str]:
    return _WORD.findall(folded(lyrics))


def _genre_terms(item: Item) -> list[str]:
    return [genre_key(genre) for genre in item.genres]


def _vectors(vectorizer: Any, rows: Sequence[Any], scaled: Callable[[Any], Any] = lambda found: found) -> Any:
    """(items, terms); no column at all where no item has a term, which scikit-learn takes for an error."""
    analyzed = vectorizer.build_analyzer()
    if not any(analyzed(row) for row in rows):
        return csr_matrix((len(rows), 0))
    return scaled(vectorizer.fit_transform(rows))


def _cosines(rows: Any, one: Any) -> Floats:
    found: Floats = np.asarray((rows @ one.T).todense(), dtype=np.float64).ravel()
    return np.minimum(found, 1.0)
