"""Which rows a model has right, and the figures of it: one label a row, or several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.errors import DataUnusable
from models.evaluation.alignment import Question
from models.evaluation.asking import Answers
from models.evaluation.calibration import brier, calibration_error
from models.evaluation.confusion import averages, by_label, confusion, counts, micro, named
from models.evaluation.intervals import multi_label_intervals, single_label_intervals
from models.evaluation.metrics import Floats, Labels, best_among
from models.scores import Scores


@dataclass(frozen=True)
class Verdict:
    """The answers to one question. Of single-label rows `truth` and `guess` are label numbers (rows), of
    multi-label rows zeros and ones (rows, labels); `asked` are the numbers of the labels that were allowed."""

    question: Question
    asked: Labels
    truth: Labels
    guess: Labels
    chances: Floats

    @property
    def labels(self) -> list[str]:
        return [self.question.scheme.labels[number] for number in self.asked]

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        same = self.truth == self.guess
        return same[:, self.asked].all(axis=1) if same.ndim == 2 else same  # type: ignore[no-any-return]


def judged(question: Question, answers: Answers, every_label: bool) -> Verdict:
    """The model's best answers among the labels that occur in the rows, or among all of them."""
    chances = _of_kept(question, answers.scores)
    present = _present(question)
    occurring = present.any(axis=0)
    asked = np.flatnonzero(np.ones_like(occurring) if every_label else occurring)
    if len(asked) < 2:
        raise DataUnusable(
            f"The data shows one label only ({question.scheme.labels[asked[0]]}), so nobody could be wrong: "
            "add rows with other labels, or ask for every label with --all-labels."
        )
    if question.scheme.multi:
        guess = (chances >= answers.cuts).astype(np.int64)
        return Verdict(question, asked, present.astype(np.int64), guess, chances)
    return Verdict(question, asked, present.argmax(axis=1), best_among(chances, asked), chances)


def figures_of(verdict: Verdict) -> dict[str, Any]:
    return _of_several(verdict) if verdict.truth.ndim == 2 else _of_one(verdict)


def calibration_of(verdict: Verdict, answers: Answers) -> dict[str, float | None]:
    """Over every label of the scheme, asked for or not: what the model says is what is judged."""
    before = _of_kept(verdict.question, answers.uncalibrated())
    return {
        "ece": calibration_error(verdict.chances, verdict.truth),
        "brier": brier(verdict.chances, verdict.truth),
        "temperature": answers.calibration.temperature,
        "ece_uncalibrated": calibration_error(before, verdict.truth),
        "brier_uncalibrated": brier(before, verdict.truth),
    }


def _of_one(verdict: Verdict) -> dict[str, Any]:
    place = np.searchsorted(verdict.asked, np.stack([verdict.truth, verdict.guess]))  # numbers among those asked
    matrix = confusion(place[0], place[1], len(verdict.asked))
    counted = counts(matrix)
    return {
        "accuracy": float(verdict.right.mean()),
        **averages(counted),
        "intervals": single_label_intervals(matrix),
        "per_class": by_label(counted, verdict.labels),
        "confusion": matrix.tolist(),
    }


def _of_several(verdict: Verdict) -> dict[str, Any]:
    """Accuracy is the share of rows with every label right; confusion is [[true no, false yes], [false no, true yes]]
    for each label."""
    said, true = verdict.guess[:, verdict.asked], verdict.truth[:, verdict.asked]
    counted = np.stack([(said * true).sum(axis=0), said.sum(axis=0), true.sum(axis=0)], axis=-1)
    return {
        "accuracy": float(verdict.right.mean()),
        **averages(counted),
        **named("micro_", micro(counted)),
        "intervals": multi_label_intervals(said, true),
        "per_class": by_label(counted, verdict.labels),
        "confusion": [_square(len(said), *row) for row in counted.tolist()],
    }


def _square(rows: int, hits: int, said: int, true: int) -> list[list[int]]:
    return [[rows - said - true + hits, said - hits], [true - hits, hits]]


def _of_kept(question: Question, scores: Scores) -> Floats:
    kept: Sequence[int] = question.kept
    return question.answer(scores)[list(kept)]


def _present(question: Question) -> npt.NDArray[np.bool_]:
    """(rows, labels): which labels each row carries."""
    column = {label: number for number, label in enumerate(question.scheme.labels)}
    present = np.zeros((len(question.rows), len(column)), dtype=bool)
    for number, row in enumerate(question.rows):
        present[number, [column[label] for label in row.labels]] = True
    return present
