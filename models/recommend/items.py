"""What is recommended: a song, or a resource for support, as a row of somebody's list."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from models.recommend.feeling import scaled

_BETWEEN_GENRES = re.compile(r"[|,;/]")
_SPACES = re.compile(r"[\s\-_]+")


@dataclass(frozen=True)
class Item:
    """`genres` are as written, each once. `shares` are the emotions a resource is meant for; songs have none,
    theirs are read from the lyrics. `always` is a resource that is offered whatever somebody feels."""

    title: str
    artist: str
    genres: tuple[str, ...]
    lyrics: str
    shares: tuple[float, ...] | None = None
    always: bool = False

    @property
    def name(self) -> str:
        return f"{self.title} – {self.artist}" if self.artist else self.title

    @property
    def key(self) -> tuple[str, str]:
        """Equal for two rows that are the same thing."""
        return folded(self.title), folded(self.artist)


def folded(text: str) -> str:
    """Equal for two spellings that a person takes for the same: composed or not, half or full width, any case.

    >>> folded("  Night\\u3000ＴＲＡＩＮ ") == folded("night train")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def genre_key(genre: str) -> str:
    """
    >>> genre_key("Hip-Hop") == genre_key("hip hop")
    True
    """
    return _SPACES.sub(" ", folded(genre)).strip()


def genres_of(cell: str) -> tuple[str, ...]:
    """The genres of a cell, which `|`, `,`, `;` or `/` may separate.

    >>> genres_of("R&B / soul, r&b")
    ('R&B', 'soul')
    """
    first: dict[str, str] = {}
    for part in _BETWEEN_GENRES.split(cell):
        first.setdefault(genre_key(part), " ".join(unicodedata.normalize("NFC", part).split()))
    return tuple(spelling for key, spelling in first.items() if key)


def collapsed(items: Iterable[Item]) -> list[Item]:
    """Each title by an artist once: the first row with lyrics, or the first.

    A resource is for all that its rows are for. One of them being for anybody, it is, and that row's words are told.
    """
    rows: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        rows.setdefault(item.key, []).append(item)
    return [same[0] if len(same) == 1 else _one(same) for same in rows.values()]


def _one(same: Sequence[Item]) -> Item:
    ordered = sorted(same, key=lambda item: (not item.lyrics.strip(), not item.always))
    always = any(item.always for item in same)
    return replace(ordered[0], shares=None if always else _merged(same), always=always)


def _merged(same: Sequence[Item]) -> tuple[float, ...] | None:
    """The most that a row says of each emotion, so that a row that comes twice changes nothing."""
    told = [item.shares for item in same if item.shares]
    return tuple(scaled([max(amounts) for amounts in zip(*told, strict=True)]).tolist()) if told else None
