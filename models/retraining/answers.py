"""What champion and challenger say of the same rows, as yes or no to each label."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.classifier import Classifier
from models.data.rows import Row
from models.evaluation.asking import ask
from models.labels import Scheme
from models.training.targets import targets_of

Marks = npt.NDArray[np.bool_]
"""(rows, labels)"""


class Sides(NamedTuple):
    """One set of held-out rows: the truth, and what either model says."""

    name: str
    labels: tuple[str, ...]
    truth: Marks
    champion: Marks
    challenger: Marks

    def joined(self, other: "Sides", name: str) -> "Sides":
        """Both sets as one."""
        parts = zip(self[2:], other[2:], strict=True)
        return Sides(name, self.labels, *(np.concatenate(part) for part in parts))


def sides(name: str, rows: Sequence[Row], champion: Classifier, challenger: Classifier) -> Sides:
    """Both are asked for every label of the scheme they share, as the stream asks them."""
    scheme = champion.scheme
    wanted = targets_of(rows, scheme)
    truth = wanted > 0 if scheme.multi else _one_hot(wanted, scheme)
    texts = [row.text for row in rows]
    return Sides(name, scheme.labels, truth, _said(champion, texts), _said(challenger, texts))


def _said(classifier: Classifier, texts: Sequence[str]) -> Marks:
    answers = ask(classifier, texts)
    if classifier.scheme.multi:
        return answers.scores.own >= answers.cuts
    return _one_hot(answers.scores.own.argmax(axis=1), classifier.scheme)


def _one_hot(numbers: npt.NDArray[np.int64], scheme: Scheme) -> Marks:
    return np.eye(len(scheme.labels), dtype=np.bool_)[numbers]
