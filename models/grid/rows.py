"""The rows of a grid: the same for every cell, one label each, and no more of them than asked for."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from models.data.apart import disjoint, require_enough
from models.data.rows import Corpus, Row
from models.errors import TrainingFailed
from models.labels import Scheme

_SEED = 1


def rows_for(corpora: Sequence[Corpus], scheme: Scheme, limit: int | None = None) -> tuple[Corpus, ...]:
    """In the scheme, kept apart, and at most `limit` training rows of all data sets together.

    Raises `TrainingFailed` for a scheme in which a row may carry several labels.
    """
    if scheme.multi:
        raise TrainingFailed(
            f"A grid compares losses that need one label a row, and the scheme {scheme.name!r} allows several: choose "
            "a single-label scheme with --scheme, such as canonical."
        )
    apart = disjoint([corpus.in_scheme(scheme) for corpus in corpora])
    require_enough(apart)
    total = sum(len(corpus.train) for corpus in apart)
    if limit is None or limit >= total:
        return apart
    return tuple(replace(one, train=limited(one.train, round(limit * len(one.train) / total))) for one in apart)


def limited(rows: Sequence[Row], limit: int) -> tuple[Row, ...]:
    """So many rows in their order, each label in about the same share as before, and at least once."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[row.labels[0]].append(place)
    shuffle = random.Random(_SEED)
    ranked = []  # (how much of its label is used up with it, place)
    for own in places.values():
        shuffle.shuffle(own)
        ranked += [(order / len(own), place) for order, place in enumerate(own)]
    return tuple(rows[place] for place in sorted(place for _share, place in sorted(ranked)[:limit]))
