"""The one item that somebody names by its title."""

import difflib
import re
import unicodedata
from collections.abc import Sequence

from models.errors import DataUnusable
from models.recommend.items import Item, folded

_DASH = re.compile(r"\s+[-–—]\s+")
_SHOWN = 10


def find(items: Sequence[Item], title: str, artist: str | None = None) -> int:
    """The place of `title`, or of `title – artist`, in the list.

    Raises `DataUnusable` with the artists to choose from when several have a song of that title, and with the
    nearest titles when none has.
    """
    if not folded(title):
        raise DataUnusable("The title of the liked item is empty: give one of the list.")
    places = _titled(items, title, artist) or ([] if artist else _with_artist(items, title))
    if not places:
        raise DataUnusable(_nothing(items, title, artist))
    if len(places) > 1:
        raise DataUnusable(_several([items[place] for place in places], title))
    return places[0]


def _titled(items: Sequence[Item], title: str, artist: str | None) -> list[int]:
    wanted, by = folded(title), folded(artist or "")
    return [
        place
        for place, item in enumerate(items)
        if folded(item.title) == wanted and (not by or folded(item.artist) == by)
    ]


def _with_artist(items: Sequence[Item], named: str) -> list[int]:
    """Titles may hold dashes of their own, so every dash is tried as the one before the artist."""
    for dash in _DASH.finditer(named):
        places = _titled(items, named[: dash.start()], named[dash.end() :])
        if places:
            return places
    return []


def _several(found: Sequence[Item], title: str) -> str:
    artists = ", ".join(item.artist or "one without an artist" for item in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"There are {len(found)} items called {title!r}, by {artists}{more}: name one with --artist."


def _nothing(items: Sequence[Item], title: str, artist: str | None) -> str:
    same = [item for item in items if folded(item.title) == folded(title)] if artist else []
    if same:
        known = ", ".join(item.artist or "one without an artist" for item in same[:_SHOWN])
        return f"No item called {title!r} is by {artist!r}: it is by {known}."
    near = _nearest(items, title)
    advice = f"did you mean {' or '.join(near)}?" if near else "give a title as the list has it."
    return f"The list has no item called {title!r}: {advice}"


def _nearest(items: Sequence[Item], title: str) -> list[str]:
    """By letters, Hangul by its jamo: one wrong vowel in a word of two syllables is a near miss."""
    names = {_letters(item.title): item.title for item in reversed(items)}
    names |= {_letters(item.name): item.name for item in items if item.artist}
    near = difflib.get_close_matches(_letters(title), names, n=3, cutoff=0.7)
    return list(dict.fromkeys(repr(names[one]) for one in near))


def _letters(text: str) -> str:
    return unicodedata.normalize("NFD", folded(text))
