"""How the labels are spread over training and test rows."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from models.page.palette import AMBER, BLUE, FAINT
from models.page.picture import Picture, picture, sheet, styled
from models.page.spreads import Spread


def distribution(spreads: Sequence[Spread]) -> Picture | None:
    """Shares of all data sets together, so that few test rows can be held against many training rows."""
    labels = list(spreads[0].test) if spreads else []
    counts = {
        "training rows": [sum(one.train[label] for one in spreads) for label in labels],
        "test rows": [sum(one.test[label] for one in spreads) for label in labels],
    }
    shares = {name: np.array(count) / sum(count) for name, count in counts.items() if sum(count)}
    if not shares:
        return None
    caption = "Share of each label among the " + " and the ".join(shares)
    with styled():
        return picture("distribution", caption, f"{caption}. {_told(labels, shares)}", _drawn(labels, shares))


def _drawn(labels: Sequence[str], shares: Mapping[str, "np.ndarray[tuple[int], np.dtype[np.float64]]"]) -> Figure:
    figure = sheet(60 + 30 * len(labels))
    axes = figure.add_subplot()
    height = 0.8 / len(shares)
    for number, ((name, values), colour) in enumerate(zip(shares.items(), (BLUE, AMBER), strict=False)):
        places = np.arange(len(labels)) + (number - (len(shares) - 1) / 2) * height
        bars = axes.barh(places, values, height=height * 0.92, color=colour, label=name)
        axes.bar_label(bars, [f"{value:.1%}" for value in values], padding=3, fontsize=10, color=FAINT)
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.margins(x=0.17, y=0.02)
    axes.set_xlim(left=0)
    figure.legend(loc="outside upper center", ncols=2)
    return figure


def _told(labels: Sequence[str], shares: Mapping[str, "np.ndarray[tuple[int], np.dtype[np.float64]]"]) -> str:
    parts = [
        f"{name}: " + ", ".join(f"{label} {value:.1%}" for label, value in zip(labels, values, strict=True))
        for name, values in shares.items()
    ]
    return "; ".join(parts) + "."
