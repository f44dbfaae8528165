"""Every cell's test rows laid flat, coloured by label, side by side."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from models.grid.kept import Kept, Labels
from models.grid.places import Flat, places, shown_rows
from models.grid.plan import LOSSES, POOLINGS, Cell, short_name
from models.page.palette import AMBER, BLUE, GREEN, GREY, ORANGE, PINK
from models.page.picture import as_png, styled

_SKY = "#56b4e9"
_FEELINGS = {
    "sadness": BLUE,
    "joy": _SKY,
    "love": PINK,
    "anger": ORANGE,
    "fear": GREEN,
    "surprise": AMBER,
    "neutral": GREY,
}
"""As on the other pages, but for joy, whose yellow nobody would see on white."""

_FEW = (BLUE, ORANGE, GREEN, PINK, AMBER, _SKY, GREY, "#7a5195", "#9c6b30", "#3d4a52")
"""Apart from each other on white and on black; more labels than these get the colours of the rainbow."""

_SIDE, _DPI = 190, 200
"""Points; a panel is shown at about this width on a page for desks."""


@dataclass(frozen=True)
class Panel:
    """One cell's picture, as PNG."""

    cell: Cell
    png: bytes

    @property
    def source(self) -> str:
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


@dataclass(frozen=True)
class Scatter:
    """All panels of one base, and a picture of them together with their legend, for elsewhere than the page."""

    base: str
    panels: tuple[Panel, ...]
    together: bytes
    rows: int

    @property
    def name(self) -> str:
        return f"tsne-{short_name(self.base)}"


def colours(labels: Sequence[str]) -> dict[str, str]:
    if set(labels) <= set(_FEELINGS):
        return {label: _FEELINGS[label] for label in labels}
    if len(labels) <= len(_FEW):
        return dict(zip(labels, _FEW, strict=False))
    rainbow = matplotlib.colormaps["turbo"](np.linspace(0.05, 0.95, len(labels)))
    return {label: matplotlib.colors.to_hex(one) for label, one in zip(labels, rainbow, strict=True)}


def scatters(kept: Sequence[Kept], labels: Sequence[str], names: Mapping[Cell, str]) -> list[Scatter]:
    """One for each base, of the first seed that each combination has. `names` say what stands over the panels of
    the picture of all."""
    bases = dict.fromkeys(one.cell.base for one in kept if one.tested)
    found = (_scatter(base, _first_seeds(kept, base), labels, names) for base in bases)
    return [one for one in found if one is not None]


def _first_seeds(kept: Sequence[Kept], base: str) -> list[Kept]:
    ours = sorted((one for one in kept if one.tested and one.cell.base == base), key=lambda one: one.cell.seed)
    ways = [(pooling, loss) for pooling in POOLINGS for loss in LOSSES]
    firsts = [next((one for one in ours if (one.cell.pooling, one.cell.loss) == way), None) for way in ways]
    return [one for one in firsts if one is not None]


def _scatter(base: str, shown: Sequence[Kept], labels: Sequence[str], names: Mapping[Cell, str]) -> Scatter | None:
    laid: dict[Cell, tuple[Flat, Labels]] = {}
    for one in shown:
        assert one.tested is not None
        rows = shown_rows(len(one.tested.truth))
        flat = places(one.tested.vectors[rows])
        if flat is None:
            return None
        laid[one.cell] = flat, one.tested.truth[rows]
    panels = tuple(Panel(cell, _panel(*points, labels)) for cell, points in laid.items())
    return Scatter(base, panels, _together(laid, labels, names), len(rows))


def _panel(flat: Flat, truth: Labels, labels: Sequence[str]) -> bytes:
    with styled():
        figure = Figure(figsize=(_SIDE / 72, _SIDE / 72), layout="constrained")
        _draw(figure.add_subplot(), flat, truth, labels)
        return _transparent(figure)


def _transparent(figure: Figure) -> bytes:
    """For a page that may be dark."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI, transparent=True)
    return file.getvalue()


def _together(laid: Mapping[Cell, tuple[Flat, Labels]], labels: Sequence[str], names: Mapping[Cell, str]) -> bytes:
    poolings = [one for one in POOLINGS if any(cell.pooling == one for cell in laid)]
    losses = [one for one in LOSSES if any(cell.loss == one for cell in laid)]
    with styled():
        size = (_SIDE * len(losses) / 72, (_SIDE + 22) * len(poolings) / 72 + 0.5)
        figure = Figure(figsize=size, layout="constrained")
        boards = figure.subplots(len(poolings), len(losses), squeeze=False)
        for board in boards.flat:
            board.set_axis_off()
        for cell, points in laid.items():
            board = boards[poolings.index(cell.pooling), losses.index(cell.loss)]
            _draw(board, *points, labels)
            board.set_title(names[cell], fontsize=10)
        _legend(figure, labels)
        return as_png(figure)


def _draw(axes: Axes, flat: Flat, truth: Labels, labels: Sequence[str]) -> None:
    """In a mixed order, so that no label always covers another. Directions and scale mean nothing, so no axes."""
    order = np.random.default_rng(1).permutation(len(flat))
    tints = list(colours(labels).values())
    size = float(np.clip(4000 / len(flat), 2.5, 30))
    across, up = flat[order].T
    axes.scatter(across, up, s=size, c=[tints[label] for label in truth[order]], alpha=0.75, linewidths=0)
    axes.set_axis_off()
    axes.set_aspect("equal", adjustable="datalim")


def _legend(figure: Figure, labels: Sequence[str]) -> None:
    dots = [
        Line2D([], [], marker="o", linestyle="", color=colour, label=label, markerfacecolor=colour)
        for label, colour in colours(labels).items()
    ]
    figure.legend(handles=dots, loc="outside lower center", ncols=min(len(dots), 7), handletextpad=0.2)
