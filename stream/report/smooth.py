"""Means over days and weeks, weighted by posts."""

from collections.abc import Sequence
from datetime import date, timedelta

from storage.report import Slot

WEEK = 7


def daily(slots: Sequence[Slot], column: int) -> list[tuple[date, float]]:
    """The mean score of one emotion on each day that has a post."""
    return [(slot.start.date(), slot.sums[column] / slot.posts) for slot in slots if slot.posts]


def weekly(slots: Sequence[Slot], column: int) -> list[list[tuple[date, float]]]:
    """The mean of the last seven days' posts, day by day; a silent week parts the line in two.

    >>> from datetime import UTC, datetime
    >>> def day(number, posts, total):
    ...     return Slot(datetime(2025, 1, number, tzinfo=UTC), posts, (total,))
    >>> weekly([day(1, 1, 0.2), day(3, 3, 1.8), day(20, 1, 0.5)], 0)
    [[(datetime.date(2025, 1, 1), 0.2), (datetime.date(2025, 1, 3), 0.5)], [(datetime.date(2025, 1, 20), 0.5)]]
    """
    parts: list[list[tuple[date, float]]] = []
    before: date | None = None
    for number, slot in enumerate(slots):
        day = slot.start.date()
        recent = [
            each for each in slots[max(number - WEEK + 1, 0) : number + 1] if day - each.start.date() < timedelta(WEEK)
        ]
        posts = sum(each.posts for each in recent)
        if before is None or day - before >= timedelta(WEEK):
            parts.append([])
        if posts:
            parts[-1].append((day, round(sum(each.sums[column] for each in recent) / posts, 6)))
        before = day
    return [part for part in parts if part]
