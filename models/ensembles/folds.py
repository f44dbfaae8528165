"""Dealing rows into folds."""

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.data.rows import Row
from models.errors import TrainingFailed
from models.networks.text import text_key


def folds_of(rows: Sequence[Row], folds: int, seed: int) -> npt.NDArray[np.int64]:
    """Which fold each row is in: seeded, the labels spread evenly, and equal texts (by `text_key`) together.

    A text that stood in two folds would let a model that has learned it by heart seem to foresee its label.

    >>> rows = [Row("a", ("joy",)), Row("b", ("joy",)), Row("A!", ("joy",)), Row("c", ("fear",)), Row("d", ("fear",))]
    >>> fold = folds_of(rows, 2, seed=1)
    >>> bool(fold[0] == fold[2]), bool(fold[0] != fold[1]), bool(fold[3] != fold[4])
    (True, True, True)
    """
    keys = [text_key(row.text) for row in rows]
    first = {key: row.labels[0] for key, row in zip(reversed(keys), reversed(rows), strict=True)}
    if len(first) < folds:
        raise TrainingFailed(f"{len(first)} different texts cannot be dealt into {folds} folds: give more rows.")
    dealt = sorted(first)
    random.Random(seed).shuffle(dealt)
    dealt.sort(key=lambda key: first[key])  # keeps the shuffled order within a label
    fold = {key: place % folds for place, key in enumerate(dealt)}
    return np.array([fold[key] for key in keys], dtype=np.int64)
