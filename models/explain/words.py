"""A text as words that can be taken out of it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

MOST_WORDS = 96
"""The models that read words read no further."""

_WORD = re.compile(r"\S+")


class Span(NamedTuple):
    """Where a word lies in its text."""

    start: int
    end: int


@dataclass(frozen=True)
class Explained:
    """A text's words, in its order, and how much each carries the chance of `label`.

    Above zero, the word speaks for the label, below zero against it. `chance` is that of the whole text.
    """

    label: str
    chance: float
    words: tuple[tuple[str, float], ...]


def spans(text: str, most: int = MOST_WORDS) -> list[Span]:
    """What stands between blanks, as written: signs belong to their word."""
    found = []
    for match in _WORD.finditer(text):
        found.append(Span(*match.span()))
        if len(found) == most:
            break
    return found


def without(text: str, taken: Collection[Span]) -> str:
    """The text without these words; the blanks around them stay.

    >>> without("i am so sad", [Span(5, 7)])
    'i am  sad'
    """
    kept, at = [], 0
    for start, end in sorted(taken):
        kept.append(text[at:start])
        at = end
    return "".join([*kept, text[at:]])
