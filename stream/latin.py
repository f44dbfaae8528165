"""What speaks for English, and what against it, in a post in Latin letters."""

import re
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from stream.language_words import ENGLISH, FOREIGN

LIKELY, SURE, CERTAIN = 0.5, 0.7, 0.97
"""Scores of the detector. It calls "i wanna die" German with .98, so it decides only where words do not."""
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
ACCENTED = re.compile("[¿¡ßà-öø-ÿœ]")
_ENGLISH = frozenset(ENGLISH.split())
_FOREIGN = {language: frozenset(words.split()) for language, words in FOREIGN.items()}
_ANY_FOREIGN = frozenset[str]().union(*_FOREIGN.values())


class Evidence(NamedTuple):
    """Different words of each side; an accent counts as one more against English."""

    english: int
    foreign: int
    suspect: str | None  # the language that most of the foreign words are of
    lone: bool  # one plain word is all there is


def words_of(lower: str) -> frozenset[str]:
    """
    >>> sorted(words_of("i can't #believe 2 of it 😭"))
    ['believe', "can't", 'i', 'it', 'of']
    """
    return frozenset(WORD.findall(lower))


def weigh(words: AbstractSet[str], lower: str) -> Evidence:
    """
    >>> weigh(words_of("so müde heute, i hate it"), "so müde heute, i hate it")
    Evidence(english=3, foreign=3, suspect='de', lone=False)
    """
    lone = len(words) == 1 and all(word.isascii() for word in words)
    english, other = len(words & _ENGLISH), words & _ANY_FOREIGN
    accent = ACCENTED.search(lower) is not None
    if not other:
        return Evidence(english, int(accent), None, lone)
    counts = {language: len(other & known) for language, known in _FOREIGN.items()}
    suspect = max(counts, key=lambda language: counts[language])
    return Evidence(english, counts[suspect] + accent, suspect, lone)


def verdict(found: Evidence, detected: str, score: float) -> str:
    """The language, where English has no majority of the words; in doubt it is English.

    Of one word that no list has, the detector is sure too soon: it calls `unhappy` Galician and `nervous` French.
    """
    if found.english == found.foreign:
        return "en" if score < SURE or (found.lone and not found.english) else detected
    if detected != "en" and (score >= LIKELY or not found.suspect):
        return detected
    return "en" if not found.suspect or (found.foreign == 1 and score >= CERTAIN) else found.suspect
