"""Each label's F1 of champion and challenger as two dots on a line; what is drawn is also in the table beside it."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_ROW, _LEFT, _WIDE, _TOP = 34, 84, 300, 26  # units of the drawing: about pixels on a phone
_STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)

STYLE = """
.dumbbell { width: 100%; max-width: 32rem; height: auto; font-family: inherit; display: block; }
.dumbbell text { font-size: 14px; fill: var(--ink); } .dumbbell .tick { fill: var(--faint); }
.dumbbell line.grid { stroke: var(--rule); } .dumbbell line.way { stroke: var(--faint); stroke-width: 3; }
.dumbbell line.way.worse { stroke: var(--anger); } .dumbbell line.way.better { stroke: var(--fear); }
.dumbbell circle.old { fill: var(--paper); stroke: var(--ink); stroke-width: 2; }
.dumbbell circle.new { fill: var(--ink); }
.verdict { border-left: 6px solid var(--posts); background: var(--raised); padding: .8rem 1rem; max-width: 50rem; }
.verdict.better { border-color: var(--fear); } .verdict.worse { border-color: var(--anger); }
.verdict b { font-size: 1.2rem; } .verdict ul { margin: .4rem 0 0; padding-left: 1.2rem; }
.wrap { overflow-wrap: anywhere; } .roll { overflow-x: auto; }
table.figures th, table.figures td { white-space: nowrap; text-align: right; padding-right: 1.1rem; }
table.figures th:first-child, table.figures td:first-child { text-align: left; white-space: normal; }
"""


def dumbbells(found: Mapping[str, Any]) -> str:
    """One set of rows as an SVG, the labels in the order of their scheme."""
    labels = found["labels"]
    high = _TOP + _ROW * len(labels)
    body = "".join([*(_grid(step, high) for step in _STEPS), *(_line(*each) for each in enumerate(labels))])
    told = escape(f"F1 of each label on {found['name']}, champion and challenger")
    wide = _LEFT + _WIDE + 20
    return f'<svg class="dumbbell" viewBox="0 0 {wide} {high + 4}" role="img" aria-label="{told}">{body}</svg>'


def _grid(step: float, high: int) -> str:
    at = _place(step)
    return (
        f'<line class="grid" x1="{at}" x2="{at}" y1="18" y2="{high}"/>'
        f'<text class="tick" x="{at}" y="12" text-anchor="middle">{step:g}</text>'
    )


def _line(number: int, label: Mapping[str, Any]) -> str:
    old, new = _place(label["champion"]), _place(label["challenger"])
    y = _TOP + _ROW * number + _ROW // 2
    return (
        f'<text x="0" y="{y + 5}">{escape(str(label["name"]))}</text>'
        f'<line class="way {verdict_of(label)}" x1="{old}" x2="{new}" y1="{y}" y2="{y}"/>'
        f'<circle class="old" cx="{old}" cy="{y}" r="6"/><circle class="new" cx="{new}" cy="{y}" r="5"/>'
    )


def _place(value: float) -> float:
    return round(_LEFT + _WIDE * value, 1)


def verdict_of(label: Mapping[str, Any]) -> str:
    """Beyond noise only; else nothing is said."""
    if label["p"] >= 0.05:
        return ""
    return "better" if label["challenger"] > label["champion"] else "worse"


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Figures in columns that may be wider than a phone."""
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="roll"><table class="figures"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
