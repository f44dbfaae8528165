"""Lines, dots and marks on a plot over time; several kinds of panels have them."""

from datetime import datetime

from stream.report.axes import Scale
from stream.report.chart import Place, Plot
from stream.report.scene import Scene
from stream.report.series import Series
from stream.report.slots import Line, runs


def draw_series(plot: Plot, series: Series, places: tuple[datetime, ...], line: Line, up: Scale) -> None:
    """Its line, parted where nothing is known; what stands alone is a dot."""
    points = [place_of(line, at, up, value) for at, value in zip(places, series.values, strict=True)]
    if series.column.points:
        empty = up(0.0) if series.unit == "count" else -1.0  # a count of nothing needs no dot
        plot.dots([point for point in points if point and point[1] != empty], f"dot {series.colour}")
        return
    look = f"line {series.colour}{' dashed' if series.column.dashed else ''}"
    for run in runs([point is not None for point in points]):
        part = [point for point in points[run.start : run.stop] if point]
        plot.line(part, look)
        plot.dots(part if len(part) == 1 else [], f"dot whole {series.colour}")


def mark(plot: Plot, scene: Scene, line: Line) -> None:
    """A line across at each marked moment."""
    for each in scene.marks:
        if line.begin <= each.at < line.end:
            plot.moment(line.left(each.at), "alert")


def place_of(line: Line, at: datetime, up: Scale, value: float | None) -> Place | None:
    """Where a value lies, in the middle of its slot."""
    return None if value is None else (line.middle(at), up(value))
