"""A cell for each time and value; the more, the darker."""

from collections import defaultdict

from stream.report.ask import Answer
from stream.report.axes import Axis
from stream.report.chart import Frame, Plot, draw
from stream.report.panels.nothing import nothing
from stream.report.scene import Scene
from stream.report.series import over_time
from stream.report.slots import lay, thinned
from stream.report.style import SHADES
from stream.report.words import said


def heat(answer: Answer, scene: Scene) -> str:
    """The first value column is the lowest row."""
    over = thinned(over_time(answer), additive=answer.panel.unit == "count")
    most = max((value for each in over.series for value in each.known), default=0.0)
    if not most:
        return nothing(answer.panel)
    line, plot, rows = lay(over.places, scene.stretch), Plot(), len(over.series)
    cells: dict[int, list[tuple[float, float, float, float]]] = defaultdict(list)
    for row, series in enumerate(over.series):
        for at, value in zip(over.places, series.values, strict=True):
            if value:
                shade = min(int(value / most * SHADES), SHADES - 1)
                cells[shade].append((line.left(at), line.share, row / rows, (row + 1) / rows))
    for shade, boxes in sorted(cells.items()):
        plot.boxes(boxes, f"cell shade{shade}")
    every = -(-rows // 5)
    up = Axis(tuple(((row + 0.5) / rows, each.title) for row, each in enumerate(over.series) if row % every == 0))
    richest = max(over.series, key=lambda each: sum(each.known))
    unit = answer.panel.unit
    words = f"Most lie in {richest.title}: {said(sum(richest.known), unit)}. The darkest cell holds {said(most, unit)}."
    key = "".join(f'<span class="key cell shade{shade}"></span>' for shade in range(SHADES))
    return f'<ul class="legend"><li class="shades">few {key} up to <b>{said(most, unit)}</b></li></ul>' + draw(
        scene.names, plot, answer.panel.title, words, Frame(up, line.axis(), look="wide-up ungrid")
    )
