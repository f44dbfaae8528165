"""From a model's scores to what detectors hear, so that a change of the model is none of a person's mood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.classifier import Thousandths
from models.labels import EMOTIONS
from models.transfer.curve import GRID, MOST, Knots, matching, table

Row = tuple[int, ...]  # one text's seven scores, thousandths


@dataclass(frozen=True)
class Transfer:
    """A curve for each emotion. What it gives need not sum to 1000: detectors look at emotions one by one.

    >>> same = Transfer(dict.fromkeys(EMOTIONS, ((0, 0), (1000, 1000))))
    >>> same.heard((100, 0, 0, 0, 0, 0, 900)), same.heard((100, 0, 0, 0, 0, 0, 900), (-150, 5, 0, 0, 0, 0, 200))
    ((100, 0, 0, 0, 0, 0, 900), (0, 5, 0, 0, 0, 0, 1000))
    """

    curves: Mapping[str, Knots]

    @cached_property
    def tables(self) -> tuple[tuple[int, ...], ...]:
        """(7, 1001)"""
        return tuple(table(self.curves[emotion]) for emotion in EMOTIONS)

    def heard(self, scores: Sequence[int], offsets: Sequence[int] | None = None) -> Row:
        """One post's scores on the scale of the baselines; `offsets` are the person's own."""
        found = tuple([column[score] for column, score in zip(self.tables, scores, strict=True)])
        if offsets is None:
            return found
        moved = [score + offset for score, offset in zip(found, offsets, strict=True)]
        return tuple([0 if score < 0 else MOST if score > MOST else score for score in moved])

    def heard_all(self, scores: Thousandths) -> Thousandths:
        """(texts, 7) → (texts, 7)"""
        columns = [np.array(column, dtype=np.int16)[scores[:, place]] for place, column in enumerate(self.tables)]
        return np.stack(columns, axis=1)


def measured(new: Thousandths, heard: Thousandths) -> Transfer:
    """From the same texts (texts, 7): scored by the new model, and as they are heard with the old one."""
    return Transfer({name: matching(new[:, place], heard[:, place]) for place, name in enumerate(EMOTIONS)})


def far_apart(new: Thousandths, heard: Thousandths, transfer: Transfer) -> dict[str, dict[str, float]]:
    """By emotion, mean scores in thousandths: of the old model, of the new, and of the new one as it is then heard."""
    after = transfer.heard_all(new)
    return {
        name: {"old": _mean(heard, place), "new": _mean(new, place), "heard": _mean(after, place)}
        for place, name in enumerate(EMOTIONS)
    }


def _mean(scores: Thousandths, place: int) -> float:
    return round(float(scores[:, place].mean()), 1)


def from_knots(curves: Mapping[str, Sequence[Sequence[int]]]) -> Transfer:
    """As it is stored. Raises `ValueError` on curves that could not be applied."""
    if set(curves) != set(EMOTIONS) or any(_broken(knots) for knots in curves.values()):
        raise ValueError("these are no curves of the seven emotions over all scores")
    return Transfer({name: tuple((own, heard) for own, heard in curves[name]) for name in EMOTIONS})


def _broken(knots: Sequence[Sequence[int]]) -> bool:
    places = [own for own, _ in knots]
    within = all(0 <= heard <= MOST for _, heard in knots)
    return places[:1] != [GRID[0]] or places[-1:] != [MOST] or places != sorted(set(places)) or not within
