"""How well labels lie apart in a space, as numbers beside its picture.

All of them look at vectors scaled to length 1, the space in which the metric losses measure distances.
"""

import numpy as np
import numpy.typing as npt
from sklearn.metrics import silhouette_score

from models.grid.kept import Labels, Vectors

NEIGHBOURS = 10
_AT_ONCE = 1000
"""Rows compared with all others at a time."""


def unit(vectors: Vectors) -> Vectors:
    """Each scaled to length 1; one of length 0 stays where it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def silhouette(vectors: Vectors, labels: Labels) -> float | None:
    """Between -1 and 1: how much closer a text is to those of its own label than to the nearest other label's, on
    average. None where the rows show one label, or none twice."""
    if not 1 < len(np.unique(labels)) < len(labels):
        return None
    return float(silhouette_score(unit(vectors), labels))


def neighbour_accuracy(vectors: Vectors, labels: Labels, neighbours: int = NEIGHBOURS) -> float | None:
    """How often the nearest other rows, by majority, have a row's own label: each row is left out in its turn, so
    nothing is learned from any. Ties go to the nearest. None where there is no other row."""
    if len(labels) < 2:
        return None
    points = unit(vectors)
    known, numbers = np.unique(labels, return_inverse=True)
    right = 0
    for at in range(0, len(points), _AT_ONCE):
        nearest = _nearest(points, at, min(neighbours, len(points) - 1))
        right += int((_voted(numbers[nearest], len(known)) == numbers[at : at + _AT_ONCE]).sum())
    return right / len(points)


def _nearest(points: Vectors, at: int, count: int) -> npt.NDArray[np.intp]:
    """(some rows, count): the closest other rows, the closest first. Of unit vectors, that is the largest product."""
    likeness = points[at : at + _AT_ONCE] @ points.T
    own = np.arange(len(likeness))
    likeness[own, own + at] = -np.inf
    nearest: npt.NDArray[np.intp] = np.argsort(-likeness, axis=1, kind="stable")
    return nearest[:, :count]


def _voted(labels: npt.NDArray[np.intp], known: int) -> npt.NDArray[np.intp]:
    """The label of most neighbours (rows, count); the earlier one counts a trifle more, which only breaks ties."""
    weights = 1 + np.linspace(1e-3, 0, labels.shape[1])
    votes = np.stack([((labels == label) * weights).sum(axis=1) for label in range(known)], axis=1)
    most: npt.NDArray[np.intp] = votes.argmax(axis=1)
    return most
