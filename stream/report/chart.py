"""Charts that stay readable on a phone: shapes are SVG that stretches, words are HTML that does not.

Nothing here knows a database. Places are fractions of the plot: 0 is left or bottom, 1 is right or top.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from stream.report.axes import NO_WORDS, Axis

WIDE, HIGH = 1000, 100  # the units inside every plot
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Flag:
    """A sign over a moment."""

    at: float
    words: str
    sign: str = "▼"


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

    def boxes(self, boxes: Iterable[tuple[float, float, float, float]], look: str) -> None:
        """Boxes as (left, width, bottom, top)."""
        paths = (
            f"M{left * WIDE:.5g} {_up(low)}V{_up(top)}h{width * WIDE:.4g}V{_up(low)}z"
            for left, width, low, top in boxes
        )
        self._path("".join(paths), look)

    def area(self, lower: Sequence[Place], upper: Sequence[Place], look: str) -> None:
        """What lies between two lines."""
        edge = [*upper, *reversed(lower)]
        if len(upper) > 1:
            self._path("M" + "L".join(_at(place) for place in edge) + "z", look)

    def moment(self, at: float, look: str) -> None:
        self._path(f"M{at * WIDE:.1f} 0V{HIGH}", look)

    def _path(self, drawn: str, look: str) -> None:
        if drawn:
            self.shapes.append(f'<path class="{look}" d="{drawn}"/>')


@dataclass(frozen=True, slots=True)
class Frame:
    """The words around a plot: axes, flags above, names of lines at their right ends."""

    up: Axis = NO_WORDS
    along: Axis = NO_WORDS
    right: Axis = NO_WORDS
    ends: Axis = NO_WORDS
    flags: tuple[Flag, ...] = ()
    look: str = ""


def draw(names: Iterator[int], plot: Plot, title: str, description: str, frame: Frame) -> str:
    """One chart as HTML. `names` makes the ids that tie a drawing to its title and description."""
    number = next(names)
    drawing = (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" role="img" '
        f'aria-labelledby="t{number} d{number}"><title id="t{number}">{escape(title)}</title>'
        f'<desc id="d{number}">{escape(description)}</desc>{_grid(frame.up)}{"".join(plot.shapes)}</svg>'
    )
    sides = {"right": frame.right, "ends": frame.ends}
    beside = "".join(
        f'<div class="{side}" aria-hidden="true">{_ticks(axis, "bottom")}</div>'
        for side, axis in sides.items()
        if axis.ticks
    )
    looks = " ".join(["chart", *(f"with-{side}" for side, axis in sides.items() if axis.ticks), *frame.look.split()])
    return (
        f'<div class="{looks}"><div class="up" aria-hidden="true">{_ticks(frame.up, "bottom")}</div>'
        f'<div class="plot">{drawing}{_flags(frame.flags)}</div>{beside}'
        f'<div class="along" aria-hidden="true">{_ticks(frame.along, "left")}</div></div>'
    )


def spread(ends: Sequence[tuple[float, str]], gap: float) -> Axis:
    """Names at the ends of lines, moved apart until none covers another; the lowest that find no room are left out.

    >>> spread([(0.5, "a"), (0.52, "b"), (0.0, "c")], 0.1).ticks
    ((0.0, 'c'), (0.5, 'a'), (0.6, 'b'))
    """
    kept = sorted(sorted(ends, reverse=True)[: int(1 / gap)])
    places: list[float] = []
    for place, _ in kept:
        places.append(max(place, places[-1] + gap) if places else place)
    for number in range(len(places) - 1, -1, -1):
        ceiling = 1.0 if number == len(places) - 1 else places[number + 1] - gap
        places[number] = min(places[number], ceiling)
    return Axis(tuple((round(place, 4), words) for place, (_, words) in zip(places, kept, strict=True)))


def _flags(flags: Sequence[Flag]) -> str:
    return "".join(
        f'<span class="flag" style="left:{flag.at:.2%}" title="{escape(flag.words)}" aria-hidden="true">'
        f"{flag.sign}</span>"
        for flag in flags
    )


def _grid(up: Axis) -> str:
    lines = "".join(f"M0 {_up(place)}H{WIDE}" for place, _ in up.ticks)
    return f'<path class="grid" d="{lines}"/>' if lines else ""


def _ticks(axis: Axis, side: str) -> str:
    return "".join(f'<span style="{side}:{place:.2%}">{escape(words)}</span>' for place, words in axis.ticks)


def _at(place: Place) -> str:
    return f"{place[0] * WIDE:.5g} {_up(place[1])}"


def _up(height: float) -> str:
    return f"{(1 - min(max(height, 0.0), 1.0)) * HIGH:.4g}"
