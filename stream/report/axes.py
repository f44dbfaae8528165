"""Where the words beside and below a plot stand."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dashboards.panel import Unit
from stream.report.words import said

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_TIMES = tuple(_MINUTE * minutes for minutes in (1, 2, 5, 10, 15, 30)) + tuple(_HOUR * h for h in (1, 2, 3, 6, 12))
_DAYS = tuple(_DAY * days for days in (1, 2, 7, 14, 21, 28, 56, 91, 182, 365, 730, 3650, 36_500, 365_000))
_MONDAY = datetime(2001, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Axis:
    """Words beside or below a plot, each at its fraction."""

    ticks: tuple[tuple[float, str], ...] = ()


NO_WORDS = Axis()


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to fractions of a plot's height."""

    low: float
    high: float
    unit: Unit

    def __call__(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low)

    def axis(self, most: int = 4) -> Axis:
        """Even steps, at most so many.

        >>> [words for _, words in Scale(0.0, 0.62, "share").axis().ticks]
        ['0\\xa0%', '20\\xa0%', '40\\xa0%', '60\\xa0%']
        """
        step = _step((self.high - self.low) / most, self.unit)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        values = [number * step for number in range(first, last + 1)]
        return Axis(tuple((self(value), _tick_words(value, self.unit, step)) for value in values))


def scale(values: Iterable[float], unit: Unit, lowest: float | None = None, highest: float | None = None) -> Scale:
    """A scale with room for all values; what is never negative begins at zero."""
    seen = [value for value in values if math.isfinite(value)]
    low = min([*seen, 0.0]) if lowest is None else min([*seen, lowest])
    top = max([*seen, low]) if highest is None else highest
    top = max(top, low + (1.0 if unit == "count" else 1e-3))
    step = _step((top - low) / 8, unit)
    return Scale(low, math.ceil(top / step - 1e-9) * step if highest is None else top, unit)


def time_axis(begin: datetime, end: datetime, most: int = 4, *, shift: float = 0.0, days: bool = False) -> Axis:
    """A few moments between two, never so near an end that the words are cut. `days`: no hours.

    >>> day = datetime(2025, 3, 3, tzinfo=UTC)
    >>> [words for _, words in time_axis(day, day + timedelta(70)).ticks]
    ['17 Mar', '7 Apr', '28 Apr']
    >>> [words for _, words in time_axis(day, day + timedelta(hours=20)).ticks]
    ['06:00', '12:00', '18:00']
    """
    span = max((end - begin).total_seconds(), 1.0)
    step = next((each for each in (*(() if days else _TIMES), *_DAYS) if span / each <= most + 0.5), _DAYS[-1])
    first = math.ceil((begin - _MONDAY).total_seconds() / step)
    moments = [_MONDAY + timedelta(seconds=number * step) for number in range(first, first + most + 2)]
    places = [((at - begin).total_seconds() / span + shift, _moment_words(at, step, begin, end)) for at in moments]
    return Axis(tuple((place, words) for place, words in places if 0.04 < place < 0.93))


def day_words(day: date, year: bool = False) -> str:
    """A day as people write it."""
    return f"{day.day} {day:%b}" + (f" {day.year}" if year else "")


def _tick_words(value: float, unit: Unit, step: float) -> str:
    if unit == "share":
        return f"{value * 100:.{0 if step > 0.0099 else 1}f}\u00a0%"
    return said(value, unit)


def _moment_words(at: datetime, step: int, begin: datetime, end: datetime) -> str:
    if step < _DAY and (at.hour or at.minute):
        return f"{at:%H:%M}"
    return day_words(at.date(), begin.year != end.year and step >= _DAY * 28)


def _step(least: float, unit: Unit) -> float:
    """The next round number."""
    if unit == "seconds" and least > 1:
        return next((float(each) for each in (2, 5, 10, 30, *_TIMES, *_DAYS) if each >= least), float(_DAYS[-1]))
    size = 10.0 ** math.floor(math.log10(max(least, 1e-12)))
    step = next(size * each for each in (1, 2, 5, 10) if size * each >= least * (1 - 1e-9))
    return max(step, 1.0) if unit == "count" else step
