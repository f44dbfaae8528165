"""Which words are characteristic of a label: not the frequent ones, but those that set it apart from the others.

Only words of several rows are counted, so that the page shows nobody's own words. Mentions, links and the data
sets' masks for names are left out.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from wordcloud import STOPWORDS

from models.data.rows import Row

LEAST_ROWS = 5
PRIOR = 500.0
"""How many words of average text are added to each side; more of them pull rare words to the middle."""

SURE = 1.96
"""Standard deviations from zero; weaker words are not characteristic."""

_MASKED = re.compile(r"https?://\S+|www\.\S+|[@#]\S+|\[[^\]\s]*\]|\b[ur]/\w+|<\w+>")
_WORD = re.compile(r"[^\W\d_]+(?:['’`][^\W\d_]+)*")
_MARKS = re.compile("['’`]")
_RUN = re.compile(r"(.)\1{2,}")
_MARKUP = frozenset({"href", "src", "img", "amp", "quot", "nbsp", "lt", "gt", "rt", "https"})
_STOP = frozenset(_MARKS.sub("", word) for word in STOPWORDS) | _MARKUP


class Difference(NamedTuple):
    """Between the log-odds of a word with a label and without."""

    odds: float
    variance: float


def words_in(text: str) -> set[str]:
    """Its different words in lower case, without apostrophes.

    >>> sorted(words_in("@ann [NAME] I'm soooo happy: a word, https://example.org"))
    ['happy', 'soo', 'word']
    """
    plain = _MASKED.sub(" ", unicodedata.normalize("NFC", text.lower()))
    found = (_RUN.sub(r"\1\1", _MARKS.sub("", word)) for word in _WORD.findall(plain))
    return {word for word in found if len(word) > 1 and word not in _STOP}


def characteristic(sets: Iterable[Iterable[Row]], labels: Sequence[str], most: int) -> dict[str, dict[str, float]]:
    """For each label, its most characteristic words and how far they stand out, in standard deviations.

    Log-odds between the label's rows and all others of the same data set, with all its rows together as the prior
    (Monroe, Colaresi and Quinn 2008, "Fightin' Words"). Data sets are weighed by how sure they are: were their
    rows thrown together, each label would show the habits of the data set that it is most frequent in.
    """
    counted = [_Counted(rows) for rows in sets]
    return {label: _strongest([one.differences(label) for one in counted], most) for label in labels}


class _Counted:
    """In how many rows of one data set each word occurs, by label and in all."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._inside: dict[str, Counter[str]] = defaultdict(Counter)
        together: Counter[str] = Counter()
        for row in rows:
            found = words_in(row.text)
            together.update(found)
            for label in row.labels:
                self._inside[label].update(found)
        self._together = {word: count for word, count in together.items() if count >= LEAST_ROWS}
        self._total = sum(self._together.values())

    def differences(self, label: str) -> dict[str, Difference]:
        """Of the words that occur often enough with the label."""
        inside = self._inside[label]
        within = sum(inside[word] for word in self._together)
        return {
            word: self._difference(inside[word], count, within)
            for word, count in self._together.items()
            if inside[word] >= LEAST_ROWS
        }

    def _difference(self, inside: int, together: int, within: int) -> Difference:
        prior = PRIOR * together / self._total
        here, there = inside + prior, together - inside + prior
        odds = math.log(here / (within + PRIOR - here)) - math.log(there / (self._total - within + PRIOR - there))
        return Difference(odds, 1 / here + 1 / there)


def _strongest(found: Sequence[Mapping[str, Difference]], most: int) -> dict[str, float]:
    words = {word for one in found for word in one}
    weights = {word: _distance([one[word] for one in found if word in one]) for word in words}
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return {word: weight for word, weight in ranked[:most] if weight > SURE}


def _distance(differences: Sequence[Difference]) -> float:
    """Their mean, weighted by certainty, over its standard error."""
    certainty = sum(1 / one.variance for one in differences)
    return sum(one.odds / one.variance for one in differences) / math.sqrt(certainty)
