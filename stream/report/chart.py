"""Charts that stay readable on a phone: shapes are SVG that stretches, words are HTML that does not.

Nothing here knows a database. Places are fractions of the plot: 0 is left or bottom, 1 is right or top.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from itertools import count

WIDE, HIGH = 1000, 100  # the units inside every plot
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A flag over a moment, such as an alert."""

    at: float
    words: str


@dataclass(slots=True)
class Plot:
    """A stretching drawing. Shapes carry a class; the style sheet gives them their colours.

    >>> plot = Plot()
    >>> plot.line([(0, 0), (1, 1)], "trend")
    >>> plot.shapes
    ['<path class="trend" d="M0 100L1000 0"/>']
    """

    shapes: list[str] = field(default_factory=list)

    def line(self, places: Sequence[Place], look: str) -> None:
        if len(places) > 1:
            self._path("M" + "L".join(_at(place) for place in places), look)

    def dots(self, places: Iterable[Place], look: str) -> None:
        """Zero-length strokes with round caps: circles that no stretching makes eggs."""
        self._path("".join(f"M{_at(place)}h0" for place in places), look)

    def bars(self, bars: Iterable[tuple[float, float, float]], look: str) -> None:
        """Bars as (left, width, height)."""
        paths = (
            f"M{left * WIDE:g} {HIGH}v{-height * HIGH:.2f}h{width * WIDE:.2f}V{HIGH}z" for left, width, height in bars
        )
        self._path("".join(paths), look)

    def band(self, low: float, high: float, look: str) -> None:
        low, high = max(low, 0.0), min(high, 1.0)
        self._path(f"M0 {_up(low)}H{WIDE}V{_up(high)}H0z", look)

    def area(self, lower: Sequence[Place], upper: Sequence[Place], look: str) -> None:
        """What lies between two lines."""
        edge = [*upper, *reversed(lower)]
        if len(upper) > 1:
            self._path("M" + "L".join(_at(place) for place in edge) + "z", look)

    def level(self, height: float, look: str) -> None:
        self._path(f"M0 {_up(height)}H{WIDE}", look)

    def moment(self, at: float, look: str) -> None:
        self._path(f"M{at * WIDE:.1f} 0V{HIGH}", look)

    def _path(self, drawn: str, look: str) -> None:
        if drawn:
            self.shapes.append(f'<path class="{look}" d="{drawn}"/>')


@dataclass(frozen=True, slots=True)
class Axis:
    """Words beside or below a plot, each at its fraction."""

    ticks: tuple[tuple[float, str], ...] = ()


def draw(
    names: "count[int]",
    plot: Plot,
    title: str,
    description: str,
    *,
    up: Axis = Axis(),
    along: Axis = Axis(),
    marks: Sequence[Mark] = (),
    look: str = "",
) -> str:
    """One chart as HTML. `names` makes the ids that tie a drawing to its title and description."""
    number = next(names)
    drawing = (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" role="img" '
        f'aria-labelledby="t{number} d{number}"><title id="t{number}">{escape(title)}</title>'
        f'<desc id="d{number}">{escape(description)}</desc>{_grid(up)}{"".join(plot.shapes)}</svg>'
    )
    flags = "".join(
        f'<span class="flag" style="left:{mark.at:.2%}" aria-hidden="true">{escape(mark.words)}</span>'
        for mark in marks
    )
    return (
        f'<div class="chart {look}"><div class="up" aria-hidden="true">{_ticks(up, "bottom")}</div>'
        f'<div class="plot">{drawing}{flags}</div>'
        f'<div class="along" aria-hidden="true">{_ticks(along, "left")}</div></div>'
    )


def share_axis(highest: float) -> Axis:
    """Per cent from 0 up to `highest` (0 to 1), in three or four even steps.

    >>> [words for _, words in share_axis(0.62).ticks]
    ['0 %', '20 %', '40 %', '60 %']
    """
    step = next(step for step in (0.05, 0.1, 0.2, 0.25, 0.5) if highest / step <= 4 or step == 0.5)
    places = [number * step for number in range(int(highest / step + 1e-9) + 1)]
    return Axis(tuple((place / highest, f"{place:.0%}".replace("%", " %")) for place in places))


def day_axis(first: date, last: date, most: int = 4) -> Axis:
    """A few days between two, never so near the right end that the words are cut.

    >>> [words for _, words in day_axis(date(2025, 3, 3), date(2025, 5, 11)).ticks]
    ['3 Mar', '24 Mar', '14 Apr', '5 May']
    """
    days = (last - first).days + 1
    step = next(step for step in (1, 2, 7, 14, 21, 28, 56, 91, 182, 365, 730, 36500) if days / step <= most)
    year = first.year != last.year
    chosen = [first + timedelta(days=number) for number in range(0, days, step)]
    return Axis(tuple((((day - first).days + 0.5) / days, day_words(day, year)) for day in chosen))


def day_words(day: date, year: bool = False) -> str:
    return f"{day.day} {day:%b}" + (f" {day.year}" if year else "")


def _grid(up: Axis) -> str:
    lines = "".join(f"M0 {_up(place)}H{WIDE}" for place, _ in up.ticks)
    return f'<path class="grid" d="{lines}"/>' if lines else ""


def _ticks(axis: Axis, side: str) -> str:
    return "".join(f'<span style="{side}:{place:.2%}">{escape(words)}</span>' for place, words in axis.ticks)


def _at(place: Place) -> str:
    return f"{place[0] * WIDE:.5g} {_up(place[1])}"


def _up(height: float) -> str:
    return f"{(1 - min(max(height, 0.0), 1.0)) * HIGH:.4g}"
