"""What stands beside the colours: a name and one figure for each series, and the same as a sentence."""

from collections.abc import Iterable
from html import escape

from stream.report.scene import Scene
from stream.report.series import Series
from stream.report.words import said

BLANK = '<li><span class="key blank"></span>nobody wrote, or too few people to be shown</li>'


def totals(series: Iterable[Series]) -> list[str]:
    """Sums, for what adds up."""
    return [said(sum(each.known), each.unit) for each in series]


def latest(series: Iterable[Series]) -> list[str]:
    """The newest value that is known."""
    return [said(each.known[-1] if each.known else None, each.unit) for each in series]


def legend(
    scene: Scene,
    series: Iterable[Series],
    figures: Iterable[str],
    what: str,
    *,
    gap: bool = False,
    filled: bool = False,
) -> str:
    """`what` says what the figures are, such as "latest"; `filled`: the series are areas or bars."""
    if scene.card:
        return ""
    items = "".join(
        f'<li><span class="key {_shape(each, filled)} {each.colour}"></span>{escape(each.title)} <b>{figure}</b></li>'
        for each, figure in zip(series, figures, strict=True)
    )
    return f'<ul class="legend">{items}{BLANK if gap else ""}<li class="faint">figures: {what}</li></ul>'


def described(series: Iterable[Series], figures: Iterable[str], what: str) -> str:
    """The drawing in words, for who does not see it."""
    parts = [
        f"{each.title}: from {said(min(each.known), each.unit)} to {said(max(each.known), each.unit)}, {what} {figure}"
        for each, figure in zip(series, figures, strict=True)
        if each.known
    ]
    return ". ".join(parts) + "."


def _shape(series: Series, filled: bool) -> str:
    if series.column.points:
        return "round"
    if filled and not series.column.line:
        return ""
    return "thin dashed" if series.column.dashed else "thin"
