"""From a text to the numbers of its letter groups: each letter, with the one before, with the two before.

Korean writes particles and endings onto its words, so most words of a test are new. Groups of two and three
syllables are the stems and endings themselves, and no analyser is needed to find them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from models.networks.hangul import readable

NONE, UNKNOWN = 0, 1
"""The two numbers that are no group: before a text begins (and filling), and a group never seen in training."""

LONGEST = 3
"""Letters in a group, at most. Four brought nothing on validation rows."""

MAX_LETTERS = 200
"""Longer texts are read up to here."""

GRAMS = "grams.txt"

_START, _END = "\x02", "\x03"
_CUT = 16 * MAX_LETTERS
"""Characters that are looked at before runs and gaps are squeezed, so that 100 kB cost what a long post does."""


def groups(text: str) -> Iterator[str]:
    """`LONGEST` groups for each letter of the text, its two ends included, shortest first; empty before it begins.

    >>> [group for group in groups("너 왜") if len(group) == 2 and group.isalpha()]
    []
    >>> [group for group in groups("슬퍼") if len(group) == 2 and group.isalpha()]
    ['슬퍼']
    """
    letters = _START + readable(text[:_CUT])[:MAX_LETTERS] + _END
    for end in range(1, len(letters) + 1):
        for size in range(1, LONGEST + 1):
            yield letters[end - size : end] if size <= end else ""


class Grams:
    """Numbers of the known groups, `LONGEST` for each letter in turn.

    >>> known = Grams(["슬", "퍼", "슬퍼"])
    >>> [number for number in known.encode("슬퍼") if number > UNKNOWN]
    [2, 3, 4]
    """

    pad = NONE

    def __init__(self, known: Sequence[str]) -> None:
        self.known = tuple(known)
        self._numbers = {"": NONE} | {group: number for number, group in enumerate(self.known, start=2)}

    def __len__(self) -> int:
        return len(self.known) + 2

    @classmethod
    def of(cls, texts: Iterable[str], minimum: int = 2, limit: int | None = None) -> "Grams":
        """The groups that occur at least `minimum` times, the most frequent first, at most `limit` of them."""
        counts = Counter(group for text in texts for group in groups(text) if group)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return cls([group for group, count in ranked if count >= minimum][:limit])

    def encode(self, text: str) -> list[int]:
        numbers = self._numbers
        return [numbers.get(group, UNKNOWN) for group in groups(text)]

    def encode_all(self, texts: Sequence[str]) -> list[list[int]]:
        return [self.encode(text) for text in texts]

    def files(self) -> dict[str, bytes]:
        return {GRAMS: "\n".join(self.known).encode()}

    @classmethod
    def read(cls, files: Mapping[str, bytes]) -> "Grams":
        content = files[GRAMS].decode()
        return cls(content.split("\n") if content else [])
