"""The training of every cell: a thin line for each seed, a thick one for their mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from models.grid.kept import Kept
from models.grid.plan import LOSSES, POOLINGS, short_name, shown_name
from models.page.palette import BLUE, GREEN, MARKERS, ORANGE
from models.page.picture import Picture, picture, sheet, styled

COLOURS = dict(zip(LOSSES, (BLUE, ORANGE, GREEN), strict=True))
SHAPES = dict(zip(LOSSES, MARKERS, strict=False))
SHOWN = {"loss": "Training loss", "macro_f1": "Validation macro-F1"}
Line = Sequence[float]


@dataclass(frozen=True)
class _Board:
    """One picture: the lines of each loss, by seed."""

    base: str
    pooling: str
    lines: Mapping[str, Sequence[Line]]


def curves(kept: Sequence[Kept]) -> list[Picture]:
    """For each base and pooling the loss, then for each the validation macro-F1; one scale for all of a base."""
    pictures = []
    for base in dict.fromkeys(one.cell.base for one in kept if not one.failed):
        for measure in SHOWN:
            boards = [_board(kept, base, pooling, measure) for pooling in POOLINGS]
            boards = [board for board in boards if board.lines]
            limits = _limits(line for board in boards for lines in board.lines.values() for line in lines)
            pictures += [_picture(board, measure, limits) for board in boards]
    return pictures


def _board(kept: Sequence[Kept], base: str, pooling: str, measure: str) -> _Board:
    lines: dict[str, list[Line]] = {}
    for loss in LOSSES:
        own = [one for one in kept if (one.cell.base, one.cell.pooling, one.cell.loss) == (base, pooling, loss)]
        histories = [one.told["history"] for one in own if not one.failed]
        if histories:
            lines[loss] = [[row[measure] for row in history] for history in histories]
    return _Board(base, pooling, lines)


def _limits(lines: Iterable[Line]) -> tuple[float, float]:
    values = [value for line in lines for value in line]
    room = 0.08 * (max(values) - min(values)) or 0.05
    return min(values) - room, max(values) + room


def _picture(board: _Board, measure: str, limits: tuple[float, float]) -> Picture:
    title = SHOWN[measure]
    caption = f"{title} by epoch: {shown_name(board.base)}, {board.pooling} pooling"
    name = f"{measure.replace('_', '-')}-{short_name(board.base)}-{board.pooling}".replace(".", "-")
    with styled():
        return picture(name, caption, f"{caption}. {_told(board)}", _drawn(board, title, limits))


def _drawn(board: _Board, title: str, limits: tuple[float, float]) -> Figure:
    figure = sheet(215)
    axes = figure.add_subplot(xlabel="Epoch", ylabel=title)
    for loss, lines in board.lines.items():
        _draw(axes, loss, lines)
    longest = max(len(line) for lines in board.lines.values() for line in lines)
    axes.set_xlim(0.7, longest + 0.3)
    axes.set_ylim(*limits)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(loc="outside upper center", ncols=len(board.lines))
    return figure


def _draw(axes: Axes, loss: str, lines: Sequence[Line]) -> None:
    """The mean is of the epochs that every seed reached."""
    colour = COLOURS[loss]
    if len(lines) > 1:
        for line in lines:
            axes.plot(range(1, len(line) + 1), line, color=colour, linewidth=0.8, alpha=0.45)
    mean = _mean(lines)
    axes.plot(range(1, len(mean) + 1), mean, color=colour, marker=SHAPES[loss], label=loss)


def _mean(lines: Sequence[Line]) -> list[float]:
    shared = min(len(line) for line in lines)
    return [float(np.mean([line[place] for line in lines])) for place in range(shared)]


def _told(board: _Board) -> str:
    """For those who do not see the lines."""
    means = {loss: _mean(lines) for loss, lines in board.lines.items()}
    return "; ".join(f"{loss}: {mean[0]:.3g} at first, {mean[-1]:.3g} at last" for loss, mean in means.items()) + "."
