"""The rows that a model had wrong, the surest first. They hold texts: show them to whoever asked, keep them nowhere."""

from typing import Any

import numpy as np

from models.evaluation.judging import Verdict


def mistakes_of(verdict: Verdict, most: int) -> list[dict[str, Any]]:
    """At most this many wrong rows: row number (from 1, as in the data), text, what is true, what was said."""
    wrong = np.flatnonzero(~verdict.right)
    surest = wrong[np.argsort(-_confidence(verdict)[wrong], kind="stable")][:most]
    return [_mistake(verdict, int(number)) for number in surest]


def _confidence(verdict: Verdict) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """The chance of what was said; of several labels, the chance of the wrong answer that was given most surely."""
    if verdict.truth.ndim == 1:
        return verdict.chances[np.arange(len(verdict.guess)), verdict.guess]
    said = np.where(verdict.guess > 0, verdict.chances, 1 - verdict.chances)
    return np.where(verdict.guess != verdict.truth, said, 0.0)[:, verdict.asked].max(axis=1)  # type: ignore[no-any-return]


def _mistake(verdict: Verdict, number: int) -> dict[str, Any]:
    question, chance = verdict.question, float(_confidence(verdict)[number])
    row = question.rows[number]
    single = verdict.truth.ndim == 1
    said = [verdict.guess[number]] if single else np.flatnonzero(verdict.guess[number])
    names = [question.scheme.labels[label] for label in said]
    return {
        "row": question.kept[number] + 1,
        "text": row.text,
        "true": row.labels[0] if single else list(row.labels),
        "said": names[0] if single else names,
        "chance": chance,
    }
