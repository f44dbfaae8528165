"""Slots of time beside each other: where they lie, and fewer of them where a page has no room for all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

from stream.report.axes import Axis, time_axis
from stream.report.chart import Flag
from stream.report.scene import Mark, Scene, Stretch
from stream.report.series import Over, Series, Values

MOST = 300  # slots on one chart
_NEAR = 0.02  # flags nearer than this become one


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of time laid along a plot, with the length of one slot."""

    begin: datetime
    end: datetime
    slot: timedelta

    @property
    def share(self) -> float:
        """The width of one slot."""
        return self.slot / (self.end - self.begin)

    def left(self, at: datetime) -> float:
        """Where a moment lies; what is outside stands at the edge."""
        return min(max((at - self.begin) / (self.end - self.begin), 0.0), 1.0)

    def middle(self, at: datetime) -> float:
        """Where the middle of the slot that begins then lies."""
        return min(self.left(at) + self.share / 2, 1.0)

    def axis(self) -> Axis:
        """Days stand below the middle of their slots."""
        if self.slot < timedelta(days=1):
            return time_axis(self.begin, self.end)
        return time_axis(self.begin, self.end, shift=min(self.share, 1.0) / 2, days=True)

    def flags(self, marks: Sequence[Mark]) -> tuple[Flag, ...]:
        """A flag for each mark; those that would cover each other are one that counts them."""
        inside = sorted((mark for mark in marks if self.begin <= mark.at < self.end), key=lambda mark: mark.at)
        groups = groupby(inside, key=lambda mark: (mark.sign, int(self.left(mark.at) / _NEAR)))
        return tuple(_flag([(self.left(mark.at), mark) for mark in group]) for _, group in groups)


def lay(places: Sequence[datetime], stretch: Stretch) -> Line:
    """The stretch, made longer where slots reach beyond it, as forecasts do."""
    steps = [later - earlier for earlier, later in pairwise(places)]
    slot = min(steps, default=_alone(places[0]))
    return Line(min(stretch.since, places[0]), max(stretch.until, places[-1] + slot), slot)


def thinned(over: Over[datetime], *, additive: bool) -> Over[datetime]:
    """At most MOST slots: neighbours are added up, or their mean is taken."""
    size = -(-len(over.places) // MOST)
    if size <= 1:
        return over

    def fewer(values: Values) -> Values:
        return tuple(_joined(values[place : place + size], additive) for place in range(0, len(values), size))

    series = tuple(replace(each, values=fewer(each.values)) for each in over.series)
    bands = tuple((fewer(low), fewer(high)) for low, high in over.bands)
    return Over(over.places[::size], series, bands)


def held(values: Values) -> Values:
    """Between two known values the earlier one stays.

    >>> held((None, 1.0, None, 2.0, None))
    (None, 1.0, 1.0, 2.0, None)
    """
    known = [place for place, value in enumerate(values) if value is not None]
    last = known[-1] if known else -1
    found: list[float | None] = []
    for place, value in enumerate(values):
        found.append(found[-1] if value is None and found and place < last else value)
    return tuple(found)


def runs(known: Sequence[bool]) -> Iterator[range]:
    """Stretches of slots that are known, one after another.

    >>> list(runs([True, True, False, True]))
    [range(0, 2), range(3, 4)]
    """
    for is_known, group in groupby(range(len(known)), key=lambda place: known[place]):
        if is_known:
            places = list(group)
            yield range(places[0], places[-1] + 1)


def gaps(
    over: Over[datetime], line: Line, scene: Scene, counts: Sequence[Series]
) -> list[tuple[float, float, float, float]]:
    """Boxes over the slots of the scene's own time in which no series knows anything."""
    blank = [
        scene.stretch.since - line.slot < at < scene.stretch.until
        and all(each.values[place] is None for each in counts)
        for place, at in enumerate(over.places)
    ]
    return [(line.left(over.places[run[0]]), len(run) * line.share, 0.0, 1.0) for run in runs(blank)]


def _alone(place: datetime) -> timedelta:
    """How long the only slot must be, from where it begins."""
    at = place.astimezone(UTC)
    if at.minute or at.second:
        return timedelta(minutes=1)
    return timedelta(hours=1) if at.hour else timedelta(days=1)


def _flag(found: list[tuple[float, Mark]]) -> Flag:
    number = f"{len(found)}" if len(found) > 1 else ""
    words = "; ".join(mark.words for _, mark in found)
    return Flag(sum(place for place, _ in found) / len(found), words, found[0][1].sign + number)


def _joined(values: Values, additive: bool) -> float | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    return sum(known) if additive else sum(known) / len(known)
