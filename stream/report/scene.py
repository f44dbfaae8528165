"""The stretch of time a chart shows, what is marked in it, and the numbers that tie drawings to their names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from dashboards.panel import Clock


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment up to another, which does not belong to it, on one of the two clocks."""

    since: datetime
    until: datetime
    clock: Clock = "event"

    @property
    def last(self) -> datetime:
        """Its last moment: dashboards take both ends in."""
        return self.until - timedelta(milliseconds=1)

    @property
    def seconds(self) -> float:
        return max((self.until - self.since).total_seconds(), 1.0)


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment worth a line across the charts, such as an alert."""

    at: datetime
    words: str
    sign: str = "▼"

    def names(self, subject: str) -> bool:
        """Whether its words are about this subject."""
        return _words(subject) <= _words(self.words)


@dataclass(frozen=True, slots=True)
class Scene:
    """What all charts of a section share."""

    stretch: Stretch
    marks: tuple[Mark, ...] = ()
    names: Iterator[int] = field(default_factory=count)
    card: bool = False  # one of many: the legend stands once above, and guides span silent days

    def about(self, subject: str, others: Sequence[str]) -> "Scene":
        """The same with the marks that name this subject, and those that name none of the others."""
        kept = [mark for mark in self.marks if mark.names(subject) or not any(mark.names(each) for each in others)]
        return replace(self, marks=tuple(kept))


def _words(text: str) -> set[str]:
    """
    >>> sorted(_words("Anger spike in night-trains, (high)"))
    ['Anger', 'high', 'in', 'night-trains', 'spike']
    """
    return set(re.findall(r"[^\s,()]+", text))
