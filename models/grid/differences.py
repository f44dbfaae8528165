"""Differences between trainings that are alike but for one thing, on the same rows and with the same seed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from models.grid.estimate import Estimate, estimate
from models.grid.plan import Cell
from models.grid.trained import Trained

Other = Callable[[Cell], Cell | None]
"""The cell that one is compared with; None where it is itself such a one."""


@dataclass(frozen=True)
class Difference:
    """`what` minus `against`, with all else and the seed the same; `within` is what both share."""

    base: str
    what: str
    against: str
    within: str
    accuracy: Estimate
    macro_f1: Estimate


def without_loss(cell: Cell) -> Cell | None:
    return None if cell.loss == "ce" else replace(cell, loss="ce")


def with_cls(cell: Cell) -> Cell | None:
    return None if cell.pooling == "cls" else replace(cell, pooling="cls")


def differences(trained: Sequence[Trained], other: Other, rows: int) -> Iterable[Difference]:
    """One for each combination that shares a seed with its partner. The trainings are sorted by combination."""
    by_cell = {one.cell: one for one in trained}
    for _combination, same in groupby(trained, lambda one: one.combination):
        partners = [(one, other(one.cell)) for one in same]
        pairs = [(one, by_cell[cell]) for one, cell in partners if cell in by_cell]
        if pairs:
            yield _difference(pairs, rows)


def _difference(pairs: Sequence[tuple[Trained, Trained]], rows: int) -> Difference:
    one, other = (trained.cell for trained in pairs[0])
    told = (one.pooling, other.pooling, one.loss)
    if one.loss != other.loss:
        told = (one.loss, other.loss, f"{one.pooling} pooling")
    return Difference(one.base, *told, _paired(pairs, "accuracy", rows), _paired(pairs, "macro_f1", rows))


def _paired(pairs: Sequence[tuple[Trained, Trained]], measure: str, rows: int) -> Estimate:
    by_seed = [getattr(one, measure) - getattr(other, measure) for one, other in pairs]
    drawn = np.mean([getattr(one.draws, measure) - getattr(other.draws, measure) for one, other in pairs], axis=0)
    return estimate(by_seed, drawn, rows)
