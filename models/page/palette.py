"""The colours and measures of every picture; on the page each colour is a variable, so that dark mode can change it.

Colours are Okabe and Ito's, which survive colour blindness; series also differ by marker and dash.
"""

from typing import Any

INK, FAINT, RULE, PAPER = "#1c1f22", "#565d64", "#d9dde1", "#ffffff"
BLUE, ORANGE, GREEN, PINK, AMBER, GREY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#8b939b"
SERIES = (BLUE, ORANGE, GREEN, PINK, AMBER, GREY)
MARKERS = ("o", "s", "^", "D", "v", "P")

VARIABLES = {
    INK: "ink",
    FAINT: "faint",
    RULE: "rule",
    PAPER: "paper",
    BLUE: "sadness",
    ORANGE: "anger",
    GREEN: "fear",
    PINK: "love",
    AMBER: "surprise",
    GREY: "posts",
}
"""Colour → the variable of the style sheet that holds it; there they are named after emotions."""

WIDE = 340
"""Points; a picture of this width is shown at about its own size on a phone, and a little larger elsewhere."""

RULES: dict[str, Any] = {
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.labelsize": 11,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "legend.fontsize": 10.5,
    "legend.frameon": False,
    "text.color": INK,
    "axes.labelcolor": FAINT,
    "axes.edgecolor": FAINT,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.8,
    "lines.linewidth": 2,
    "lines.markersize": 5,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "svg.fonttype": "none",  # text stays text: sharp, searchable, in the reader's own font
    "svg.hashsalt": "tideline",  # the same figure gives the same bytes
}
