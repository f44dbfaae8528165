"""What `tideline detect` says of each row, and of the file as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from stream.errors import FileUnreadable
from stream.series_rows import NO_TIME, Point

Answer = dict[str, Any]


class Judge(Protocol):
    """A detector of one series."""

    def step(self, at: float, value: float) -> tuple[float, bool]: ...


@dataclass
class Counted:
    """What came of a file, counted on the way."""

    rows: int = 0
    alerts: int = 0
    unread: int = 0
    without_value: int = 0
    backwards: int = 0
    first: str = ""

    def see(self, point: Point, alert: bool, before: float) -> None:
        self.rows += 1
        self.alerts += alert
        if point.problem:
            self.unread += 1
            self.without_value += point.problem != NO_TIME
            self.first = self.first or f"line {point.line}: {point.problem}"
        elif point.at < before:
            self.backwards += 1

    def sentence(self) -> str:
        """What to know about the reading as a whole."""
        parts = [f"{self.rows:,} rows, {self.alerts:,} alerts"]
        if self.unread:
            parts.append(f"{self.unread:,} rows could not be read in full (the first is {self.first})")
        if self.backwards:
            parts.append(f"{self.backwards:,} rows are earlier than the one before, and were judged in their place")
        return "; ".join(parts) + "."


def judged(points: Iterable[Point], detector: Judge, counted: Counted) -> Iterator[Answer]:
    """One answer per row, as the rows come."""
    before = float("-inf")
    for point in points:
        unread = bool(point.problem) and point.problem != NO_TIME
        score, alert = (0.0, False) if unread else detector.step(point.at, point.value)
        counted.see(point, alert, before)
        before = point.at
        answer = {
            "timestamp": point.timestamp,
            "value": None if unread else _plain(point.value),
            "score": round(score, 4),
            "alert": alert,
        }
        yield answer | {"problem": point.problem} if point.problem else answer
    if not counted.rows:
        raise FileUnreadable("The file has a header and no rows: there is nothing to judge.")
    if counted.without_value == counted.rows:
        raise FileUnreadable(
            f"No row has a number that can be read (the first is {counted.first}): name another column with --value, "
            "and write numbers like 1234.5."
        )


def _plain(value: float) -> float | int:
    """A count as it was written, without a point."""
    return int(value) if value.is_integer() and abs(value) < 1e15 else value
