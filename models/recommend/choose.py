"""The nearest by likeness, and of those the ones whose emotions are closest to a person's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.recommend.feeling import closeness
from models.recommend.items import Item
from models.recommend.similarity import Likeness

Floats = npt.NDArray[np.float64]
Vectors = Callable[[Sequence[str]], Floats]
"""Lyrics to emotion vectors (lyrics, 7), rows of NaN where nothing is known."""


@dataclass(frozen=True)
class Choice:
    """An item, how like it is to what was asked, and how close its emotions are to the person's."""

    item: Item
    genre: float
    lyrics: float
    similarity: float
    closeness: float | None
    emotions: tuple[float, ...] | None


@dataclass(frozen=True)
class Wanted:
    """How many, out of how many of the nearest; no more are told than are near."""

    count: int = 5
    nearest: int = 25


def recommend(
    items: Sequence[Item], likeness: Likeness, liked: int | None, person: Floats, vectors: Vectors, wanted: Wanted
) -> list[Choice]:
    """Only the nearest are read by a model, so that a long list costs no more of it than a short one.

    Items that share no genre and no word with the liked one are never told. Those whose emotions are unknown come
    last, by their similarity. Ties go by similarity, then by the order of the list.
    """
    near = nearest(likeness.whole, liked, wanted.nearest)
    rows = vectors([items[place].lyrics for place in near])
    close = closeness(rows, person)
    order = np.argsort(-np.round(close, 9), kind="stable")  # NaN comes last
    return [_choice(items, likeness, near[at], close[at], rows[at]) for at in order[: wanted.count]]


def nearest(whole: Floats, liked: int | None, count: int) -> list[int]:
    """Places of the items most like, the liked one left out, most like first; fewer where the rest share nothing."""
    rounded = np.round(whole, 12)  # the last digits of equal sums may differ
    order = np.argsort(-rounded, kind="stable")[: count + 1]
    return [int(place) for place in order if place != liked and rounded[place] > 0][:count]


def _choice(items: Sequence[Item], likeness: Likeness, place: int, close: float, row: Floats) -> Choice:
    known = not np.isnan(close)
    return Choice(
        item=items[place],
        genre=float(likeness.genre[place]),
        lyrics=float(likeness.lyrics[place]),
        similarity=float(likeness.whole[place]),
        closeness=float(close) if known else None,
        emotions=tuple(float(share) for share in row) if known else None,
    )
