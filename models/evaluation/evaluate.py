"""A model measured on labelled rows that it did not learn from. Nothing is fitted here."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.classifier import Classifier
from models.data.rows import Row
from models.errors import DataUnusable
from models.evaluation.alignment import aligned
from models.evaluation.asking import Answers, ask
from models.evaluation.judging import calibration_of, figures_of, judged
from models.evaluation.kept import keep_answers
from models.evaluation.mistakes import mistakes_of
from models.evaluation.paired import mcnemar
from models.labels import Scheme


def evaluate(
    classifier: Classifier,
    data: Scheme,
    rows: Sequence[Row],
    *,
    every_label: bool = False,
    fold: bool = False,
    mistakes: int = 0,
    against: Classifier | None = None,
    keep: Path | None = None,
) -> dict[str, Any]:
    """Every figure of one model on these rows, as plain values for JSON; texts only when mistakes are asked for.

    Labels that occur in no row are not asked for, unless `every_label`: a model that knows neutral is not blamed
    for it by data that has none. `fold` measures in the canonical seven whatever the schemes. `keep` is a file for
    the answers themselves, as `models.evaluation.kept` describes it.
    """
    if not rows:
        raise DataUnusable("The data holds no row: name a file or split with labelled texts.")
    answers = ask(classifier, [row.text for row in rows])
    verdict = judged(aligned(rows, data, classifier.scheme, fold), answers, every_label)
    found = {
        **_heading(answers, len(rows)),
        "n": len(verdict.truth),
        "left_out": len(rows) - len(verdict.truth),
        "measured_in": verdict.question.scheme.name,
        "how": verdict.question.how,
        "labels_asked": "all" if every_label else "those in the data",
        "labels": verdict.labels,
        **figures_of(verdict),
        **calibration_of(verdict, answers),
        "mcnemar": None if against is None else _compared(answers, against, data, rows, every_label, fold),
    }
    if keep:
        found["kept"] = {"file": str(keep), "vectors": keep_answers(keep, verdict, classifier)}
    return {**found, "mistakes": mistakes_of(verdict, mistakes)} if mistakes else found


def _heading(answers: Answers, rows: int) -> dict[str, Any]:
    return {
        "model": answers.version.partition("@")[0],
        "version": answers.version,
        "seconds": answers.seconds,
        "posts_per_second": rows / max(answers.seconds, 1e-9),
    }


def _compared(
    mine: Answers, other: Classifier, data: Scheme, rows: Sequence[Row], every_label: bool, fold: bool
) -> dict[str, Any]:
    """McNemar's test on the rows that mean something to both, both asked for the same labels.

    Models that are measured in different labels meet in the canonical seven.
    """
    theirs = ask(other, [row.text for row in rows])
    schemes = (mine.scores.scheme, other.scheme)
    first, second = (aligned(rows, data, scheme, fold) for scheme in schemes)
    if first.scheme.labels != second.scheme.labels or first.how != second.how:
        first, second = (aligned(rows, data, scheme, fold=True) for scheme in schemes)
    both = set(first.kept) & set(second.kept)
    shared = [row for number, row in enumerate(rows) if number in both]
    if not shared:
        raise DataUnusable("No row means something to both models: compare them on data that both know.")
    folded = fold or first.how == "folded"
    verdicts = [
        judged(aligned(shared, data, answers.scores.scheme, folded), _only(answers, sorted(both)), every_label)
        for answers in (mine, theirs)
    ]
    right = [verdict.right for verdict in verdicts]
    return {
        "against": theirs.version,
        "measured_in": verdicts[0].question.scheme.name,
        **mcnemar(right[0], right[1]),
        "accuracy": float(right[0].mean()),
        "other_accuracy": float(right[1].mean()),
    }


def _only(answers: Answers, numbers: list[int]) -> Answers:
    return replace(answers, scores=replace(answers.scores, own=answers.scores.own[numbers]))
