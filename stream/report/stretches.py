"""How far the page reaches on its two clocks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage.report import Extent
from stream.report.scene import Stretch
from stream.report.wanted import Wanted

MOST_WORK = timedelta(days=30)
MOST_OF_PERSON = timedelta(days=400)
_DAY, _ROUND = timedelta(days=1), timedelta(minutes=5)
_STEPS = {"1 hour": timedelta(hours=1), "6 hours": timedelta(hours=6), "1 day": _DAY, "7 days": timedelta(days=7)}
_MOST_STEPS = 120


def event_stretch(extent: Extent, wanted: Wanted) -> Stretch:
    """All days that have posts, and of them what was asked for."""
    first, last = extent.first or datetime(1970, 1, 1, tzinfo=UTC), extent.last or datetime(1970, 1, 1, tzinfo=UTC)
    since = max(wanted.since or _midnight(first), _midnight(first))
    end = _midnight(max(last, since)) + _DAY
    return Stretch(since, max(min(wanted.until or end, end), since + _ROUND), "event")


def person_stretch(event: Stretch) -> Stretch:
    """The end of it: a card has no room for years."""
    return replace(event, since=max(event.since, event.until - MOST_OF_PERSON))


def wall_stretch(extent: Extent, wanted: Wanted, now: datetime) -> Stretch:
    """From the first work that is known up to now, a month at most. A limit outside that time is one of posts alone."""
    first = min(extent.worked or now, now) - _ROUND
    since, until = max(first, now - MOST_WORK), now + timedelta(seconds=1)
    if wanted.since and since < wanted.since < until:
        since = wanted.since
    if wanted.until and since < wanted.until < until:
        until = wanted.until
    return Stretch(since, until, "wall")


def step(stretch: Stretch) -> str:
    """The shortest of the dashboards' steps that a chart has room for."""
    return next(
        (name for name, size in _STEPS.items() if stretch.seconds / size.total_seconds() <= _MOST_STEPS), "7 days"
    )


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
