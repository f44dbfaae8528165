"""One vector of the seven emotions for a long lyric: the mean over its lines.

The models learned from single sentences and read at most some hundred words: of a whole lyric they would see the
beginning only, and be surer of it than any line warrants. A line that is sung three times counts three times.
"""

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.labels import EMOTIONS

Floats = npt.NDArray[np.float64]

LONGEST = 40
"""Words; a longer line is a lyric that lost its line breaks, and is cut into pieces of half of that."""

_MARK = re.compile(r"^\s*[\[(][^\])]*[\])]\s*$")
_BREAK = re.compile(r"\r\n|[\r\n\u2028\u2029]|\\n")


class LineReader(Protocol):
    """Lines in, shares of the seven emotions out (lines, 7); a row of NaN where no model knows the language."""

    @property
    def version(self) -> str:
        """Names everything that decides a row."""
        ...

    def __call__(self, lines: Sequence[str]) -> Floats: ...


def lines_of(lyrics: str) -> list[str]:
    """The lines that are sung: no empty ones, no marks such as `[Chorus]`.

    >>> lines_of("[Verse]\\nthe tide is low\\n\\nand so am I")
    ['the tide is low', 'and so am I']
    """
    whole = [line.strip() for line in _BREAK.split(lyrics) if line.strip() and not _MARK.match(line)]
    return [piece for line in whole for piece in _short(line)]


def _short(line: str) -> list[str]:
    words = line.split()
    if len(words) <= LONGEST:
        return [line]
    width = LONGEST // 2
    return [" ".join(words[at : at + width]) for at in range(0, len(words), width)]


def emotions_of(lyrics: Sequence[str], reader: LineReader) -> Floats:
    """(lyrics, 7). NaN where there are no lines, or where fewer than half are in a language that is read."""
    split = [lines_of(one) for one in lyrics]
    different = list(dict.fromkeys(line for lines in split for line in lines))
    place = {line: at for at, line in enumerate(different)}
    rows = reader(different) if different else np.empty((0, len(EMOTIONS)))
    means = [_mean(rows[[place[line] for line in lines]]) for lines in split]
    return np.array(means).reshape(len(means), len(EMOTIONS))


def _mean(rows: Floats) -> Floats:
    known = rows[~np.isnan(rows).any(axis=1)]
    if not len(known) or 2 * len(known) < len(rows):
        return np.full(len(EMOTIONS), np.nan)
    return known.mean(axis=0)  # type: ignore[no-any-return]
