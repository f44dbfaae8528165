"""Bars over time, on each other, and lines among them."""

from datetime import datetime

from stream.report.ask import Answer
from stream.report.axes import NO_WORDS, Scale, scale
from stream.report.chart import Frame, Plot, draw
from stream.report.panels.legend import described, latest, legend, totals
from stream.report.panels.nothing import may_hide, nothing
from stream.report.panels.strokes import draw_series, mark
from stream.report.scene import Scene
from stream.report.series import Over, Series, over_time
from stream.report.slots import Line, gaps, lay, thinned

_WIDEST = 0.12  # of the plot
_FILLED = 0.86  # of a slot; the rest parts it from the next


def bars(answer: Answer, scene: Scene) -> str:
    """Series that stand for themselves, lines and dots, are drawn over the bars."""
    over = thinned(over_time(answer), additive=answer.panel.unit == "count")
    standing = [each for each in over.series if not (each.column.line or each.column.points)]
    others = [each for each in over.series if each not in standing]
    if not any(value for each in over.series for value in each.known):
        return nothing(answer.panel)
    line, plot = lay(over.places, scene.stretch), Plot()
    blank = gaps(over, line, scene, standing) if may_hide(answer.panel) else []
    plot.boxes(blank, "blank")
    up = scale(_reach(over, standing, others), answer.panel.unit, answer.panel.lowest, answer.panel.highest)
    _stack(plot, over, standing, line, up)
    beside = [each for each in others if each.column.right]
    right = scale([value for each in beside for value in each.known], beside[0].unit) if beside else up
    for each in others:
        draw_series(plot, each, over.places, line, right if each.column.right else up)
    mark(plot, scene, line)
    frame = Frame(
        up.axis(2 if scene.card else 4),
        line.axis(),
        right.axis() if beside else NO_WORDS,
        flags=line.flags(scene.marks),
    )
    downwards = [*others, *standing[::-1]]
    figures = [*latest(others), *totals(standing[::-1])]
    what = "in all" if not others else "bars in all, others latest"
    return legend(scene, downwards, figures, what, gap=bool(blank), filled=True) + draw(
        scene.names, plot, answer.panel.title, described(downwards, figures, "altogether or latest"), frame
    )


def _reach(over: Over[datetime], standing: list[Series], others: list[Series]) -> list[float]:
    tops = [sum(each.values[place] or 0.0 for each in standing) for place in range(len(over.places))]
    return tops + [value for each in others if not each.column.right for value in each.known]


def _stack(plot: Plot, over: Over[datetime], standing: list[Series], line: Line, up: Scale) -> None:
    floor = [0.0] * len(over.places)
    width = min(line.share * _FILLED, _WIDEST)
    gap = (line.share - width) / 2
    for each in standing:
        top = [low + (value or 0.0) for low, value in zip(floor, each.values, strict=True)]
        boxes = [
            (line.left(at) + gap, width, up(low), up(high))
            for at, low, high in zip(over.places, floor, top, strict=True)
            if high > low
        ]
        plot.boxes(boxes, f"bar {each.colour}")
        floor = top
