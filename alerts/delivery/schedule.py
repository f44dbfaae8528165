"""When to try again, and how long to leave an endpoint alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

FIRST_DELAY = timedelta(seconds=5)
GROWTH = 1.5  # twelve attempts in the first quarter of an hour or so, then ever fewer
LONGEST_DELAY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=2)
FEWEST_ATTEMPTS = 12  # however old a message is: it may have waited for a deliverer, not for the receiver
FIRST_PAUSE = 0.25  # seconds
LONGEST_PAUSE = 600.0


def next_attempt(created_at: datetime, attempts: int, now: datetime, random: Random) -> datetime | None:
    """When to make the attempt after this one: growing delays with jitter, for two days; None: give up.

    >>> born = datetime(2024, 1, 1)
    >>> next_attempt(born, 1, born, Random(1)) - born <= FIRST_DELAY
    True
    >>> next_attempt(born, 30, born + timedelta(days=3), Random(1)) is None
    True
    """
    if attempts >= FEWEST_ATTEMPTS and now - created_at >= GIVE_UP_AFTER:
        return None
    longest = min(LONGEST_DELAY, FIRST_DELAY * GROWTH ** min(attempts - 1, 30))
    return now + longest * _jitter(random)


def pause(failures: int, random: Random) -> timedelta:
    """How long an endpoint that failed so many times in a row is left alone.

    >>> 0.125 <= pause(1, Random(1)).total_seconds() <= 0.25
    True
    >>> pause(40, Random(1)).total_seconds() > 300
    True
    """
    return timedelta(seconds=min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 30)) * _jitter(random))


def _jitter(random: Random) -> float:
    """Between a half and one: many that failed together do not come back together."""
    return 0.5 + 0.5 * random.random()
