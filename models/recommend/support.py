"""Resources that a moderator may offer, chosen by whom they are meant for and not by how they sound.

A song's emotions are what it expresses. A resource's are those it is meant to help with, and a person who knows it
says so in the list: a cheerful text may be just what hurts, and a sad one is not help because it is sad.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.errors import DataUnusable
from models.labels import EMOTIONS
from models.recommend.choose import Choice
from models.recommend.feeling import closeness, mix
from models.recommend.items import Item, folded
from models.recommend.read import Listed, Row, read_list, song
from models.recommend.similarity import Likeness

Floats = npt.NDArray[np.float64]

FOR = ("for", "helps", "emotion", "emotions")
ALWAYS = "any"
_SIGNS = re.compile(r"[|,;/]")


class Offers(NamedTuple):
    """`fitting` by how well they fit; `always` are those meant for anybody, whatever the fit of others."""

    fitting: list[Choice]
    always: list[Choice]


def read_resources(path: Path, encoding: str | None = None) -> Listed:
    """Like songs, with a column `for`: emotions, each alone or with an amount (`sadness=.7`), or `any`.

    `any`, alone or among others, is for anybody, whatever else the row says. Columns named after the seven emotions
    hold amounts too, and outrank the emotions in `for`.
    """
    return read_list(path, encoding, _resource, [(*FOR, *EMOTIONS)])


def _resource(row: Row) -> Item:
    plain = song(row)
    parts = _parts(row.get(FOR))
    if any(folded(part.partition("=")[0]) == ALWAYS for part in parts):
        return Item(plain.title, plain.artist, plain.genres, plain.lyrics, always=True)
    try:
        shares = mix(_columns(row) or _listed(parts))
    except DataUnusable as error:
        raise DataUnusable(f"{row.path}, row {row.number}, column for: {error}") from error
    return Item(plain.title, plain.artist, plain.genres, plain.lyrics, tuple(shares.tolist()))


def _columns(row: Row) -> str:
    given = {emotion: row.get([emotion]) for emotion in EMOTIONS}
    return ",".join(f"{emotion}={value}" for emotion, value in given.items() if value)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in _SIGNS.split(cell) if part.strip()]


def _listed(parts: Sequence[str]) -> str:
    """`sadness|fear` as a mix of equal amounts."""
    if not parts:
        raise DataUnusable(f"it says for whom a resource is: name emotions such as sadness|fear, or {ALWAYS}.")
    return ",".join(part if "=" in part else f"{part}=1" for part in parts)


def offers(items: Sequence[Item], likeness: Likeness, liked: int | None, person: Floats, count: int) -> Offers:
    """Every resource is asked, not only the nearest: whether it fits matters more than which words it shares.

    Likeness only breaks ties. Resources that are for none of the person's emotions are left out, and so is the liked
    one, unless it is for anybody.
    """
    rows = np.array([item.shares or (np.nan,) * len(EMOTIONS) for item in items])
    close = np.round(closeness(rows, person), 9)
    fitting = [place for place in range(len(items)) if place != liked and close[place] > 0]
    fitting.sort(key=lambda place: (-close[place], -likeness.whole[place]))
    always = [place for place, item in enumerate(items) if item.always]
    return Offers(
        [_choice(items[place], likeness, place, float(close[place])) for place in fitting[:count]],
        [_choice(items[place], likeness, place, None) for place in always],
    )


def _choice(item: Item, likeness: Likeness, place: int, close: float | None) -> Choice:
    return Choice(
        item,
        float(likeness.genre[place]),
        float(likeness.lyrics[place]),
        float(likeness.whole[place]),
        close,
        item.shares,
    )
