"""Where texts lie when their vectors are laid flat, by t-SNE."""

import numpy as np
import numpy.typing as npt
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from models.grid.kept import Labels, Vectors
from models.grid.measures import unit

SHOWN = 2000
"""Rows in a picture, at most; more would only cover each other."""

_SEED = 1
_PERPLEXITY = 30
_FEWEST = 4
"""Rows below which there is nothing to lay out."""

Flat = npt.NDArray[np.float32]


def shown_rows(rows: int) -> Labels:
    """The same rows for every cell."""
    if rows <= SHOWN:
        return np.arange(rows)
    return np.sort(np.random.default_rng(_SEED).choice(rows, SHOWN, replace=False))


def places(vectors: Vectors) -> Flat | None:
    """(rows, 2): near each other what is near each other among the unit vectors. None for too few rows.

    On one thread: sums in another order would move points.
    """
    if len(vectors) < _FEWEST:
        return None
    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    with threadpool_limits(limits=1):
        laid = TSNE(perplexity=perplexity, init="pca", random_state=_SEED).fit_transform(unit(vectors))
    return np.asarray(laid, dtype=np.float32)
