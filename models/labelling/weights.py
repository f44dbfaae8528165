"""How far each labeller is to be believed: what careful and hostile people would have said, weighed by what they said.

Each labeller is one of a few dozen kinds. A careful one errs as the crowd errs, somewhat less or more often. A
hostile one turns one class into another (always, or every second time), says one label whatever is asked, or answers
at random. Kinds of few hypotheses need few answers, and a labeller who turns one class only is seen in that class,
however good the rest is. Considered: a free confusion matrix for each labeller (Dawid and Skene, 1979). It has
42 numbers, and a labeller with twenty checked answers cannot fill them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from models.labelling.judgements import Floats

CAREFUL = 0.95
"""The chance that somebody of whom nothing is known is careful."""

ACCURACY = 0.85
"""How often a careful person gives the label that most others would, before anything is known."""

SHARPNESS = (0.6, 0.8, 1.0, 1.25, 1.6, 2.2)
"""How much less or more often than the crowd a careful labeller errs: exponents of the crowd's matrix."""

_LEAST = 0.005  # what is never quite impossible: slips of the finger


@dataclass(frozen=True)
class Kinds:
    """The kinds of labellers: for each what it says (row: the truth, column: the label), its chance and its worth."""

    says: Floats  # (kinds, labels, labels)
    prior: Floats  # (kinds,)
    worth: Floats  # (kinds,)

    def of(self, chances: Floats) -> Floats:
        """What each labeller says to each truth (labellers, labels, labels), given the chances of the kinds."""
        return np.einsum("lk,kij->lij", chances, self.says)  # type: ignore[no-any-return]


def kinds(crowd: Floats) -> Kinds:
    """Those that are to be told apart where careful people say what `crowd` (labels, labels) says."""
    careful = [_normal(crowd**power) for power in SHARPNESS]
    turning, deaf = list(_turning(crowd)), list(_deaf(len(crowd)))
    groups = ((careful, CAREFUL), (turning, (1 - CAREFUL) / 2), (deaf, (1 - CAREFUL) / 2))
    prior = [chance / len(group) for group, chance in groups for _ in group]
    worth = [_worth(matrix) for matrix in careful] + [0.0] * (len(turning) + len(deaf))
    says = _normal(np.maximum(np.stack(careful + turning + deaf), _LEAST))
    return Kinds(says, np.array(prior) / sum(prior), np.array(worth))


def at_first(labels: int) -> Floats:
    """What the crowd says before it has said anything (labels, labels)."""
    if labels == 1:
        return np.ones((1, 1))
    matrix = np.full((labels, labels), (1 - ACCURACY) / (labels - 1))
    np.fill_diagonal(matrix, ACCURACY)
    return matrix


def _turning(crowd: Floats) -> Iterator[Floats]:
    for turned, into in permutations(range(len(crowd)), 2):
        for share in (1.0, 0.5):
            matrix = crowd.copy()
            matrix[turned] *= 1 - share
            matrix[turned, into] += share
            yield matrix


def _deaf(labels: int) -> Iterator[Floats]:
    """Those who say the same whatever the truth is."""
    yield np.full((labels, labels), 1 / labels)
    yield from (np.tile(np.eye(labels)[always], (labels, 1)) for always in range(labels))


def _worth(matrix: Floats) -> float:
    """How much of the way from a blind guess to always right."""
    blind = 1 / len(matrix)
    return float(max(0.0, (np.diag(matrix).mean() - blind) / (1 - blind))) if len(matrix) > 1 else 1.0


def _normal(matrix: Floats) -> Floats:
    return matrix / matrix.sum(axis=-1, keepdims=True)  # type: ignore[no-any-return]
