"""What a grid's finished trainings say together: means over seeds, and differences between like and like."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from models.grid.differences import Difference, differences, with_cls, without_loss
from models.grid.draws import draws_of
from models.grid.estimate import Estimate, estimate
from models.grid.kept import Kept
from models.grid.plan import LOSSES, POOLINGS, Cell
from models.grid.trained import Trained, trained


@dataclass(frozen=True)
class Line:
    """One combination over its seeds."""

    base: str
    pooling: str
    loss: str
    seeds: tuple[int, ...]
    accuracy: Estimate
    macro_f1: Estimate
    silhouette: float | None
    neighbours: float | None


@dataclass(frozen=True)
class Summary:
    """`losses` compares each added loss with none, `poolings` mean with cls."""

    trained: tuple[Trained, ...]
    lines: tuple[Line, ...]
    losses: tuple[Difference, ...]
    poolings: tuple[Difference, ...]
    rows: int
    most_frequent: float
    """The share of the label that most test rows have: what blind guessing gets right."""


def summary_of(kept: Sequence[Kept]) -> Summary:
    """Of those that gave a model; their test rows are the same."""
    done = sorted((one for one in kept if one.tested), key=lambda one: _place(one.cell))
    tested = [one.tested for one in done if one.tested]
    if not tested:
        return Summary((), (), (), (), 0, 0.0)
    draws = draws_of(tested[0].truth, [one.guess for one in tested])
    parts = zip(done, tested, draws, strict=True)
    figures = tuple(trained(one.cell, own, drawn) for one, own, drawn in parts)
    rows, counts = len(tested[0].truth), np.unique(tested[0].truth, return_counts=True)[1]
    return Summary(
        figures,
        tuple(_line(list(same), rows) for _combination, same in groupby(figures, lambda one: one.combination)),
        tuple(differences(figures, without_loss, rows)),
        tuple(differences(figures, with_cls, rows)),
        rows,
        float(counts.max() / rows),
    )


def _place(cell: Cell) -> tuple[object, ...]:
    return cell.base, POOLINGS.index(cell.pooling), list(LOSSES).index(cell.loss), cell.seed


def _line(same: Sequence[Trained], rows: int) -> Line:
    return Line(
        *same[0].combination,
        seeds=tuple(one.cell.seed for one in same),
        accuracy=_mean(same, "accuracy", rows),
        macro_f1=_mean(same, "macro_f1", rows),
        silhouette=_plain(one.silhouette for one in same),
        neighbours=_plain(one.neighbours for one in same),
    )


def _mean(same: Sequence[Trained], measure: str, rows: int) -> Estimate:
    """No share is below 0 or above 1, whatever Student's t says."""
    drawn = np.mean([getattr(one.draws, measure) for one in same], axis=0)
    found = estimate([getattr(one, measure) for one in same], drawn, rows)
    return replace(found, low=max(0.0, found.low), high=min(1.0, found.high))


def _plain(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
