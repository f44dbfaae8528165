"""The confusion matrix: what was true against what was said."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from models.evaluation.confusion import confusion
from models.evaluation.judging import Verdict
from models.evaluation.metrics import Floats, Labels
from models.page.palette import BLUE, INK, WIDE
from models.page.picture import Picture, picture, sheet, styled

MOST_NUMBERED = 8
"""With more labels the cells are too small for numbers that can be read on a phone."""

DARKEST = 0.6
"""Opacity of a cell that holds its whole row; more would drown the numbers."""


def counted(verdict: Verdict) -> Labels:
    """(labels asked, labels asked); rows are the truth."""
    place = np.searchsorted(verdict.asked, np.stack([verdict.truth, verdict.guess]))
    return confusion(place[0], place[1], len(verdict.asked))


def matrix(verdict: Verdict) -> Picture:
    counts, labels = counted(verdict), verdict.labels
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    numbers = " In each cell, the count above the share of its row." if len(labels) <= MOST_NUMBERED else ""
    caption = f"Confusion matrix: each row is a true label, each column what the model said.{numbers}"
    right = ", ".join(f"{label} {shares[at, at]:.0%}" for at, label in enumerate(labels))
    with styled():
        return picture("confusion", caption, f"{caption} Share recognised: {right}.", _drawn(counts, shares, labels))


def _drawn(counts: Labels, shares: Floats, labels: list[str]) -> Figure:
    figure = sheet(WIDE)
    axes = figure.add_subplot(xlabel="Said", ylabel="True")
    size = len(labels)
    for row, column in np.ndindex(size, size):
        share = float(shares[row, column])
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=BLUE, alpha=share * DARKEST, linewidth=0))
        if size <= MOST_NUMBERED:
            _number(axes, row, column, int(counts[row, column]), share)
    small = 10 if size <= MOST_NUMBERED else max(5.0, 10 - 0.18 * size)
    axes.set_xticks(range(size), labels, rotation=90 if size > 3 and max(map(len, labels)) > 2 else 0, fontsize=small)
    axes.set_yticks(range(size), labels, fontsize=small)
    axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5))
    axes.tick_params(length=0)
    axes.grid(visible=False)
    return figure


def _number(axes: Axes, row: int, column: int, count: int, share: float) -> None:
    axes.text(column, row - 0.17, f"{count:,}", ha="center", va="center", fontsize=10, color=INK)
    axes.text(column, row + 0.22, f"{share:.0%}", ha="center", va="center", fontsize=9, color=INK)
