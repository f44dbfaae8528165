"""A few large figures. Where steps say what is too much, a word says it too, not the colour alone."""

from html import escape

from dashboards.panel import Column, Panel
from stream.report.ask import Answer
from stream.report.colours import NAMES
from stream.report.panels.nothing import nothing
from stream.report.words import said

_WORDS = ("fine", "watch", "act")


def stat(answer: Answer) -> str:
    """The values of the last row."""
    rows = answer.rows[0]
    if not rows:
        return nothing(answer.panel)
    row = rows[-1]
    items = "".join(_tile(answer.panel, name, row[name]) for name in answer.panel.queries[0].values)
    return f'<ul class="tiles">{items}</ul>'


def _tile(panel: Panel, name: str, value: object) -> str:
    column = panel.column(name) or Column(name)
    key = f'<span class="key {NAMES[column.colour]}"></span>' if column.colour in NAMES else ""
    step = "" if column.colour else _step(panel, value)
    return f"<li><b>{escape(said(value, panel.unit_of(name)))}</b>{key}{escape(column.title or name)}{step}</li>"


def _step(panel: Panel, value: object) -> str:
    """Which step a figure has reached; figures with a colour of their own have no steps."""
    if not panel.steps or not isinstance(value, int | float):
        return ""
    reached = max(place for place, step in enumerate(panel.steps) if step.value is None or value >= step.value)
    word = _WORDS[min(reached, len(_WORDS) - 1)]
    return f' <span class="badge step{min(reached, len(_WORDS) - 1)}">{word}</span>'
