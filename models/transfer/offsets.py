"""What is left between two models on one person's texts, after the curves that hold for everybody."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.classifier import Thousandths
from models.transfer.transfer import Transfer

Floats = npt.NDArray[np.float64]
MOST_OF_ONE = 50  # texts of one person: more would hardly move the mean
_FEWEST_PEOPLE = 30  # with fewer, nobody can say how people differ


class Offset(NamedTuple):
    """How many texts it rests on, and what is added to each emotion, in thousandths."""

    posts: int
    values: tuple[int, ...]


class Both(NamedTuple):
    """One person's texts: the new model's scores and what was heard of the old one's, (texts, 7) each."""

    new: Thousandths
    heard: Thousandths


def offsets(people: Mapping[str, Both], transfer: Transfer) -> dict[str, Offset]:
    """By person, the mean of what is left, drawn towards 0 as far as so few texts say nothing.

    A mean of n texts counts n / (n + k), where k is the variance within people by that between them: where people
    do not differ more than chance makes them differ, nobody gets an offset.
    """
    left = {person: both.heard.astype(np.float64) - transfer.heard_all(both.new) for person, both in people.items()}
    k = _pull(list(left.values()))
    found = {person: Offset(len(rest), _drawn(rest, k)) for person, rest in left.items()}
    return {person: offset for person, offset in found.items() if any(offset.values)}


def _drawn(rest: Floats, k: Floats) -> tuple[int, ...]:
    return tuple(np.rint(rest.mean(axis=0) * len(rest) / (len(rest) + k)).astype(int).tolist())


def _pull(left: list[Floats]) -> Floats:
    """k by emotion (7,): by the variances of means and of single texts, people with two or more texts telling."""
    telling = [rest for rest in left if len(rest) > 1]
    if len(telling) < _FEWEST_PEOPLE:
        return np.full(7, np.inf)
    counts = np.array([len(rest) for rest in telling])[:, None]
    within = sum((rest.var(axis=0, ddof=0) * len(rest) for rest in telling), np.zeros(7)) / (counts - 1).sum()
    means = np.stack([rest.mean(axis=0) for rest in telling])  # (people, 7)
    between = ((means**2) - within / counts).mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(between > 0, within / between, np.inf)
