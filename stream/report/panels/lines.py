"""Lines over time, each named at its end, with bands behind and a second axis where a panel has one."""

from dataclasses import replace
from datetime import datetime

from stream.report.ask import Answer
from stream.report.axes import NO_WORDS, Axis, Scale, scale
from stream.report.chart import Frame, Plot, draw, spread
from stream.report.panels.legend import described, latest, legend
from stream.report.panels.multiples import MANY, multiples
from stream.report.panels.nothing import may_hide, nothing
from stream.report.panels.strokes import draw_series, mark, place_of
from stream.report.scene import Scene
from stream.report.series import Over, Series, over_time
from stream.report.slots import Line, gaps, held, lay, runs, thinned

_GAP = 0.13  # of the plot's height, for one name at the end of a line


def lines(answer: Answer, scene: Scene) -> str:
    """One line for each series."""
    over = thinned(over_time(answer), additive=False)
    if not any(each.known if not each.column.right else any(each.known) for each in over.series):
        return nothing(answer.panel)
    if len(over.series) > MANY:
        return multiples(answer, over, scene)
    line, plot = lay(over.places, scene.stretch), Plot()
    left = [each for each in over.series if not each.column.right]
    right = [each for each in over.series if each.column.right]
    blank = gaps(over, line, scene, left) if may_hide(answer.panel) else []
    plot.boxes(blank, "blank")
    main = _scale_of(answer, over, left or right)
    _draw_bands(plot, _spanned(over) if scene.card else over, line, main)
    beside = scale([value for each in right for value in each.known], right[0].unit) if right else main
    for each in _spanned(over).series if scene.card else over.series:
        draw_series(plot, each, over.places, line, beside if each.column.right else main)
    mark(plot, scene, line)
    figures = latest(over.series)
    frame = Frame(
        up=main.axis(),
        along=line.axis(),
        right=beside.axis() if right and left else NO_WORDS,
        ends=NO_WORDS if right or scene.card else _ends(left, main),
        flags=line.flags(scene.marks),
    )
    said = described(over.series, figures, "latest")
    return legend(scene, over.series, figures, "latest", gap=bool(blank)) + draw(
        scene.names, plot, answer.panel.title, said, frame
    )


def _scale_of(answer: Answer, over: Over[datetime], series: list[Series]) -> Scale:
    values = [value for each in series for value in each.known]
    values += [value for edges in over.bands for edge in edges for value in edge if value is not None]
    return scale(values, series[0].unit, answer.panel.lowest, answer.panel.highest)


def _draw_bands(plot: Plot, over: Over[datetime], line: Line, up: Scale) -> None:
    for low, high in over.bands:
        for run in runs([a is not None and b is not None for a, b in zip(low, high, strict=True)]):
            below = [place_of(line, over.places[at], up, low[at]) for at in run]
            above = [place_of(line, over.places[at], up, high[at]) for at in run]
            plot.area([place for place in below if place], [place for place in above if place], "usual")


def _spanned(over: Over[datetime]) -> Over[datetime]:
    """Bands and dashed lines without their gaps: what is usual does not end on a day without posts."""
    series = tuple(replace(each, values=held(each.values)) if each.column.dashed else each for each in over.series)
    return replace(over, series=series, bands=tuple((held(low), held(high)) for low, high in over.bands))


def _ends(series: list[Series], up: Scale) -> Axis:
    named = [each for each in series if each.known and not each.column.points]
    return spread([(up(each.known[-1]), each.title) for each in named], _GAP) if len(named) > 1 else NO_WORDS
