"""Two numbers of a post that tell whether the input changes: how many words it has, and how many nobody taught."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

WORDS = Path(__file__).parent / "words"
STEM = 2
"""Syllables of a Korean word that count: what follows is mostly grammar."""

_WORDS = re.compile(r"[^\W\d_]+")
_NAMES_AND_WORDS = re.compile(r"https?://\S+|@\w+|([^\W\d_]+)")  # of links and accounts, an empty string is found
_LONGEST = 32_000  # words are counted up to this, the largest number that a column holds being 32,767


class Measured(NamedTuple):
    """`unknown` is None where no list of words is kept for the language."""

    words: int
    unknown: int | None


def measure(text: str, language: str | None) -> Measured:
    """Links, names of accounts, numbers and signs are no words.

    >>> measure("@ada I can't wait for the xyzzyx https://example.org", "en")
    Measured(words=6, unknown=1)
    >>> measure("estoy triste", "es")
    Measured(words=2, unknown=None)
    """
    known = known_words(language) if language else None
    found = words_of(text)[:_LONGEST]
    if known is None:
        return Measured(len(found), None)
    stems = [stem(word, language) for word in found] if language == "ko" else found
    return Measured(len(found), len(found) - sum(map(known.__contains__, stems)))


def words_of(text: str) -> list[str]:
    """In lower case and without apostrophes, as in "dont"."""
    said = text.replace("'", "").replace("\u2019", "").lower()
    if "@" in said or "://" in said:
        return [word for word in _NAMES_AND_WORDS.findall(said) if word]
    return _WORDS.findall(said)


def stem(word: str, language: str | None) -> str:
    return word[:STEM] if language == "ko" else word


@cache
def known_words(language: str) -> frozenset[str] | None:
    """The words of the shipped models' training rows; read once, when the first post of a language comes."""
    path = WORDS / f"{language}.txt"
    return frozenset(path.read_text(encoding="utf-8").split()) if path.is_file() else None
