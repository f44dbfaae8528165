"""From what a file calls its labels to the labels of a scheme."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from models.labels import Scheme
from models.schemes import scheme, scheme_names

_FIRST = ("binary", "dair", "canonical", "ekman", "goemotions")
"""Schemes that fit equally well are preferred in this order."""

_DRESS = " \t\r\n[](){}'\""
_BETWEEN = re.compile(r"[,;|/]")


class Names:
    """A scheme's labels by name (in any case), alias, or number.

    >>> Names(scheme("dair"))("Joy|2")
    ('joy', 'love')
    >>> Names(scheme("dair"))("bored") is None
    True
    """

    def __init__(self, labels: Scheme) -> None:
        self.scheme = labels
        self._label = {str(number): label for number, label in enumerate(labels.labels)}
        self._label |= {alias.casefold(): label for alias, label in labels.aliases.items()}
        self._label |= {label.casefold(): label for label in labels.labels}

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
    """One label, or several between commas, bars and the like; numbers without their ".0"."""
    whole = _plain(cell)
    if whole in known:
        return [whole]
    return [plain for piece in _BETWEEN.split(whole) if (plain := _plain(piece))]


def _plain(name: str) -> str:
    return re.sub(r"^(-?\d+)\.0+$", r"\1", name.strip(_DRESS).casefold())


@lru_cache(maxsize=1)
def shipped() -> tuple[Names, ...]:
    known = scheme_names()
    return tuple(Names(scheme(name)) for name in [*_FIRST, *(name for name in known if name not in _FIRST)])


def fitting(cells: Iterable[str], first: Sequence[Names] = ()) -> Names | None:
    """The scheme that fits all of a file's labels: of several, one of which it shows every label."""
    distinct = set(cells)
    fit = [names for names in (*first, *shipped()) if names.fits(distinct)]
    if first and fit and fit[0] is first[0]:
        return fit[0]
    return max(fit, key=lambda names: _complete(names, distinct), default=None)


def _complete(names: Names, cells: set[str]) -> bool:
    return {label for cell in cells for label in names(cell) or ()} == set(names.scheme.labels)
