"""Emotion by genre: the mean of the seven over the items of each genre."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.recommend.items import Item, genre_key

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class GenreRow:
    """A genre, its items, how many of them have emotions that are known, and the mean of those."""

    genre: str
    items: int
    read: int
    means: tuple[float, ...] | None


def by_genre(items: Sequence[Item], rows: Floats) -> list[GenreRow]:
    """The genre with most items first. An item of two genres counts in both; one without a genre in none."""
    places: dict[str, list[int]] = defaultdict(list)
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    for place, item in enumerate(items):
        for genre in item.genres:
            places[genre_key(genre)].append(place)
            spelt[genre_key(genre)][genre] += 1
    ordered = sorted(places, key=lambda key: (-len(places[key]), key))
    return [_row(spelt[key].most_common(1)[0][0], rows[places[key]]) for key in ordered]


def _row(genre: str, rows: Floats) -> GenreRow:
    known = rows[~np.isnan(rows).any(axis=1)]
    means = tuple(float(mean) for mean in known.mean(axis=0)) if len(known) else None
    return GenreRow(genre, len(rows), len(known), means)
