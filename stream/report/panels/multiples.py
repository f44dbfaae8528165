"""Many series as small charts beside each other: lines that cross each other tell nothing.

All have one scale, so that heights may be compared from chart to chart.
"""

from dataclasses import replace
from datetime import datetime
from html import escape

from stream.report.ask import Answer
from stream.report.axes import Scale, scale
from stream.report.chart import Frame, Plot, draw
from stream.report.panels.legend import BLANK, described, latest
from stream.report.panels.nothing import may_hide
from stream.report.panels.strokes import draw_series, mark
from stream.report.scene import Scene
from stream.report.series import Over, Series
from stream.report.slots import gaps, lay

MANY = 3
MOST = 24


def multiples(answer: Answer, over: Over[datetime], scene: Scene) -> str:
    """One small chart for each series."""
    panel = answer.panel
    up = scale([value for each in over.series for value in each.known], panel.unit, panel.lowest, panel.highest)
    titles = [each.title for each in over.series]
    known = [each for each in over.series if each.known]
    charts = [_small(answer, over, each, up, scene.about(each.title, titles)) for each in known[:MOST]]
    blank = f'<ul class="legend">{BLANK}</ul>' if may_hide(panel) and "blank" in "".join(charts) else ""
    unseen = [each.title for each in over.series if each not in known[:MOST]]
    left = f'<p class="label">Not drawn: {escape(", ".join(unseen))}.</p>' if unseen else ""
    return f'{blank}<div class="multiples">{"".join(charts)}</div>{left}'


def _small(answer: Answer, over: Over[datetime], series: Series, up: Scale, scene: Scene) -> str:
    line, plot = lay(over.places, scene.stretch), Plot()
    if may_hide(answer.panel):
        plot.boxes(gaps(over, line, scene, [series]), "blank")
    draw_series(plot, replace(series, colour="dark"), over.places, line, up)
    mark(plot, scene, line)
    (figure,) = latest([series])
    title = f"{answer.panel.title}: {series.title}"
    frame = Frame(up.axis(2), line.axis(), flags=line.flags(scene.marks), look="short")
    chart = draw(scene.names, plot, title, described([series], [figure], "latest"), frame)
    return f'<div><p class="label"><b>{escape(series.title)}</b> latest {figure}</p>{chart}</div>'
