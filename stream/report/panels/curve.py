"""Lines over a number, such as the share that was right for each score shown."""

from stream.report.ask import Answer
from stream.report.axes import NO_WORDS, Axis, scale
from stream.report.chart import Frame, Plot, draw
from stream.report.panels.legend import described, latest, legend
from stream.report.panels.nothing import nothing
from stream.report.scene import Scene
from stream.report.series import Series, over_number
from stream.report.slots import runs


def curve(answer: Answer, scene: Scene) -> str:
    """A panel of which nothing but dashed guides is known has nothing to say."""
    over, panel = over_number(answer), answer.panel
    if not any(value for each in over.series if not each.column.dashed for value in each.known):
        return nothing(panel)
    across = scale(over.places, panel.unit_of(panel.queries[0].x or ""), highest=panel.highest)
    left = [each for each in over.series if not each.column.right]
    beside = [each for each in over.series if each.column.right]
    up = scale([value for each in left for value in each.known], panel.unit, panel.lowest, panel.highest)
    right = scale([value for each in beside for value in each.known], beside[0].unit) if beside else up
    plot = Plot()
    for each in over.series:
        heights = [None if value is None else (right if each.column.right else up)(value) for value in each.values]
        _draw(plot, each, [across(place) for place in over.places], heights)
    along = Axis(tuple(tick for tick in across.axis(5).ticks if 0.04 < tick[0] < 0.96))
    frame = Frame(up.axis(), along, right.axis() if beside else NO_WORDS, look="tall")
    figures = latest(over.series)
    said = described(over.series, figures, "last")
    return legend(scene, over.series, figures, "at the right end") + draw(scene.names, plot, panel.title, said, frame)


def _draw(plot: Plot, series: Series, places: list[float], heights: list[float | None]) -> None:
    points = [None if height is None else (place, height) for place, height in zip(places, heights, strict=True)]
    known = [point for point in points if point]
    if series.column.points:
        plot.dots(known, f"dot {series.colour}")
        return
    for run in runs([point is not None for point in points]):
        part = [point for point in points[run.start : run.stop] if point]
        plot.line(part, f"line {series.colour}{' dashed' if series.column.dashed else ''}")
        plot.dots(part if len(part) == 1 else [], f"dot whole {series.colour}")
