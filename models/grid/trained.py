"""One finished training in figures."""

from dataclasses import dataclass

from models.evaluation.metrics import macro_f1
from models.grid.draws import Draws
from models.grid.kept import Answered
from models.grid.measures import neighbour_accuracy, silhouette
from models.grid.plan import Cell


@dataclass(frozen=True)
class Trained:
    """Its figures on the test rows, on resamples of them, and those of its space."""

    cell: Cell
    accuracy: float
    macro_f1: float
    draws: Draws
    silhouette: float | None
    neighbours: float | None

    @property
    def combination(self) -> tuple[str, str, str]:
        return self.cell.base, self.cell.pooling, self.cell.loss


def trained(cell: Cell, tested: Answered, draws: Draws) -> Trained:
    guess, truth = tested.guess, tested.truth
    return Trained(
        cell,
        float((guess == truth).mean()),
        macro_f1(truth, guess),
        draws,
        silhouette(tested.vectors, truth),
        neighbour_accuracy(tested.vectors, truth),
    )
