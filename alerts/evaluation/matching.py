"""Which alerts were right: the first one within a planted change. Everything else of the rule is false."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from alerts.composed.people import Person
from alerts.evaluation.runs import Run, Told
from alerts.options import DAY, HOUR

GRACE_DAYS = 7.0
"""An alert this long after a change has ended is late and still right: a week is what a decaying mean needs."""


class Outcome(NamedTuple):
    """What became of one person under one rule."""

    person: Person
    planted: bool  # whether there was something to find
    hit: Told | None
    delay_posts: int  # posts written since the onset when the alert came, counting the one that raised it
    delay_hours: float
    false: tuple[Told, ...]
    posts_within: int  # posts from the onset until the change ended


def matched(run: Run, emotion: str, grace_days: float = GRACE_DAYS) -> Outcome:
    """Compare one person's alerts with their story.

    Right is the first alert of the emotion's rule after the onset and until the planted end and the grace; more
    alerts in that time belong to the same episode and are neither right nor false. All others are false.
    """
    story = run.person.story
    if not story.plants(emotion):
        return Outcome(run.person, False, None, 0, 0.0, run.alerts, 0)
    onset, end = story.onset * DAY, story.end * DAY
    within = [alert for alert in run.alerts if onset < alert.at <= end + grace_days * DAY]
    false = tuple(alert for alert in run.alerts if alert not in within)
    first, moments = bisect_left(run.moments, onset), run.moments
    inside = bisect_left(moments, end) - first
    if not within:
        return Outcome(run.person, True, None, 0, 0.0, false, inside)
    hit = within[0]
    posts = bisect_right(moments, hit.at) - first
    return Outcome(run.person, True, hit, posts, (hit.at - onset) / HOUR, false, inside)
