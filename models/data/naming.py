"""From what a file calls its labels to the labels of a scheme."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from models.data.spelling import one_spelling
from models.labels import Scheme
from models.schemes import scheme, scheme_names

_FIRST = ("binary", "dair", "canonical", "ekman", "goemotions", "korean-7", "korean-4", "korean-3", "kote")
"""Schemes that fit equally well are preferred in this order."""

_NUMBERED = ("binary", "dair", "canonical", "ekman", "goemotions", "kote")
"""Of numbers alone it may be guessed that they are labels of these; the others' are numbered by nobody."""

_DRESS = " \t\r\n[](){}'\""
_BETWEEN = re.compile(r"[,;|]")
_SLASH = "/"


class Names:
    """A scheme's labels by name (in any case and any spelling of Unicode), alias, or number.

    >>> Names(scheme("dair"))("Joy|2")
    ('joy', 'love')
    >>> Names(scheme("dair"))("bored") is None
    True
    """

    def __init__(self, labels: Scheme, numbers: bool = True) -> None:
        self.scheme = labels
        self._label = {str(number): label for number, label in enumerate(labels.labels) if numbers}
        self._label |= {_plain(alias): label for alias, label in labels.aliases.items()}
        self._label |= {_plain(label): label for label in labels.labels}

    def __call__(self, cell: str) -> tuple[str, ...] | None:
        """The labels in a cell, in the scheme's order; None when it holds any other word."""
        found = [self._label.get(name) for name in parts(cell, self._label)]
        if not found or None in found:
            return None
        return tuple(label for label in self.scheme.labels if label in found)

    def fits(self, cells: Iterable[str]) -> bool:
        """Whether every cell can be read, and none holds several labels where only one may be."""
        found = (self(cell) for cell in cells)
        return all(labels is not None and (self.scheme.multi or len(labels) == 1) for labels in found)


def parts(cell: str, known: Iterable[str] = ()) -> list[str]:
    """One label, or several between commas, bars and the like; numbers without their ".0".

    A stroke separates as well, except inside a label that has one itself.
    """
    whole = _plain(cell)
    if whole in known:
        return [whole]
    pieces = [_plain(piece) for piece in _BETWEEN.split(whole)]
    halves = [[piece] if piece in known else map(_plain, piece.split(_SLASH)) for piece in pieces]
    return [plain for half in halves for plain in half if plain]


def _plain(name: str) -> str:
    return re.sub(r"^(-?\d+)\.0+$", r"\1", one_spelling(name).strip(_DRESS))


@lru_cache(maxsize=1)
def shipped() -> tuple[Names, ...]:
    names = [*_FIRST, *(name for name in scheme_names() if name not in _FIRST)]
    return tuple(Names(scheme(name), numbers=name in _NUMBERED) for name in names)


def fitting(cells: Iterable[str], first: Sequence[Names] = ()) -> Names | None:
    """The scheme that fits all of a file's labels: of several, one of which it shows every label."""
    distinct = set(cells)
    fit = [names for names in (*first, *shipped()) if names.fits(distinct)]
    if first and fit and fit[0] is first[0]:
        return fit[0]
    return max(fit, key=lambda names: _complete(names, distinct), default=None)


def _complete(names: Names, cells: set[str]) -> bool:
    return {label for cell in cells for label in names(cell) or ()} == set(names.scheme.labels)
