"""Areas over time that lie on each other; as shares they fill the height."""

from dataclasses import replace
from datetime import datetime

from stream.report.ask import Answer
from stream.report.axes import NO_WORDS, Scale, scale
from stream.report.chart import Frame, Place, Plot, draw, spread
from stream.report.panels.legend import described, latest, legend
from stream.report.panels.nothing import may_hide, nothing
from stream.report.panels.strokes import mark
from stream.report.scene import Scene
from stream.report.series import Over, over_time
from stream.report.slots import Line, gaps, lay, runs, thinned

_GAP = 0.08


def stacked(answer: Answer, scene: Scene) -> str:
    """The first series lies at the bottom."""
    over = thinned(over_time(answer), additive=answer.panel.unit == "count")
    shown = _shares(over) if answer.panel.share else over
    if shown.empty:
        return nothing(answer.panel)
    line, plot = lay(shown.places, scene.stretch), Plot()
    blank = gaps(shown, line, scene, shown.series) if may_hide(answer.panel) else []
    plot.boxes(blank, "blank")
    up = scale([1.0], "share", 0.0, 1.0) if answer.panel.share else scale(_tops(shown), answer.panel.unit)
    ends = _draw_areas(plot, shown, line, up)
    mark(plot, scene, line)
    downwards = shown.series[::-1]
    figures = latest(downwards)
    frame = Frame(up.axis(), line.axis(), NO_WORDS, spread(ends, _GAP), line.flags(scene.marks), "tall")
    said = described(downwards, figures, "latest")
    return legend(scene, downwards, figures, "latest", gap=bool(blank), filled=True) + draw(
        scene.names, plot, answer.panel.title, said, frame
    )


def _shares(over: Over[datetime]) -> Over[datetime]:
    """Each slot's parts of one; a slot with nothing in it is not known."""
    totals = _tops(over)
    series = tuple(
        replace(
            each,
            unit="share",
            values=tuple(
                None if value is None or not total else value / total
                for value, total in zip(each.values, totals, strict=True)
            ),
        )
        for each in over.series
    )
    return Over(over.places, series)


def _tops(over: Over[datetime]) -> list[float]:
    return [sum(each.values[place] or 0.0 for each in over.series) for place in range(len(over.places))]


def _draw_areas(plot: Plot, over: Over[datetime], line: Line, up: Scale) -> list[tuple[float, str]]:
    """Draws, and says where each area ends at the right, in its middle."""
    floor = [0.0] * len(over.places)
    known = [any(each.values[place] is not None for each in over.series) for place in range(len(over.places))]
    ends: list[tuple[float, str]] = []
    for each in over.series:
        top = [low + (value or 0.0) for low, value in zip(floor, each.values, strict=True)]
        for run in runs(known):
            plot.area(_edge(over, line, up, floor, run), _edge(over, line, up, top, run), f"area {each.colour}")
        last = max(place for place, is_known in enumerate(known) if is_known)
        if top[last] > floor[last]:
            ends.append(((up(floor[last]) + up(top[last])) / 2, each.title))
        floor = top
    return ends


def _edge(over: Over[datetime], line: Line, up: Scale, heights: list[float], run: range) -> list[Place]:
    """From the left edge of the first slot to the right edge of the last, so that one slot alone has a width."""
    first, last = line.left(over.places[run[0]]), min(line.left(over.places[run[-1]]) + line.share, 1.0)
    inner = [(line.middle(over.places[at]), up(heights[at])) for at in run]
    return [(first, inner[0][1]), *inner, (last, inner[-1][1])]
