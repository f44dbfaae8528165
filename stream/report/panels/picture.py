"""One panel as HTML, whatever its kind: title, picture or sentence, and how to read it."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape

from dashboards.panel import Kind
from stream.report.ask import Answer
from stream.report.panels.bars import bars
from stream.report.panels.curve import curve
from stream.report.panels.heat import heat
from stream.report.panels.lines import lines
from stream.report.panels.nothing import sentence
from stream.report.panels.ranks import ranks
from stream.report.panels.rows import rows
from stream.report.panels.stacked import stacked
from stream.report.panels.stat import stat
from stream.report.scene import Scene

_OVER_TIME: Mapping[Kind, Callable[[Answer, Scene], str]] = {
    "lines": lines,
    "stacked": stacked,
    "bars": bars,
    "heat": heat,
    "curve": curve,
}
_PLAIN: Mapping[Kind, Callable[[Answer], str]] = {"ranks": ranks, "stat": stat, "table": rows}
FULL = 24
_COLUMNS = {4: 8, 6: 12, 1600: FULL}  # the most columns of a table, and the width they need
_CLICKS = re.compile(r"(?:^|(?<=[.:] ))Click [^.]*\.\s*")  # of use in Grafana alone


def width(answer: Answer) -> int:
    """In parts of 24: as the dashboard has it, or all where a half has no room."""
    panel = answer.panel
    if panel.kind == "stat" or (panel.kind == "lines" and any(query.series for query in panel.queries)):
        return FULL
    columns = len(panel.queries[0].values) if panel.kind == "table" else 0
    return max(panel.wide, next(wide for most, wide in _COLUMNS.items() if columns <= most))


def fitted(widths: Sequence[int]) -> list[int]:
    """The same widths with the last panel of each line as wide as it can be.

    >>> fitted([12, 24, 12, 12, 8])
    [24, 24, 12, 12, 24]
    """
    found: list[int] = []
    used = 0
    for wide in widths:
        if found and used + wide > FULL:
            found[-1] += FULL - used
            used = 0
        found.append(wide)
        used += wide
    return [*found[:-1], found[-1] + FULL - used] if found else []


def picture(answer: Answer, scene: Scene, wide: int, *, explained: bool = True) -> str:
    """The whole panel."""
    panel = answer.panel
    about = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(_CLICKS.sub("", panel.about).strip(), quote=False))
    return (
        f'<article class="panel w{wide}"><h4>{escape(panel.title)}</h4>{drawing(answer, scene)}'
        + (f'<p class="about">{about}</p>' if explained else "")
        + "</article>"
    )


def drawing(answer: Answer, scene: Scene) -> str:
    """The picture alone, or the sentence that stands for it."""
    if answer.failed is not None:
        return sentence(f"This panel could not be drawn: {answer.failed}. The rest of the page is whole.")
    kind = answer.panel.kind
    if kind in _OVER_TIME:
        return _OVER_TIME[kind](answer, scene)
    return _PLAIN[kind](answer) if kind in _PLAIN else ""
