"""How much a team is told, and how soon somebody must have taken a case. Policy, not arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

LEVELS = 2  # how often a case that nobody claims is told to the lead


def _unclaimed() -> Mapping[str, timedelta]:
    return {"high": timedelta(minutes=30), "medium": timedelta(hours=2), "low": timedelta(hours=12)}


@dataclass(frozen=True, slots=True)
class Policy:
    """What dispatch and escalation go by. A severity that `unclaimed` leaves out never escalates by itself."""

    budget: int = 0  # alerts told one by one in a stretch of time; 0: no limit
    stretch: timedelta = timedelta(days=1)
    unclaimed: Mapping[str, timedelta] = field(default_factory=_unclaimed)
    link_base: str = ""  # where a moderator follows up; the case's id is put behind it
    listed: int = 20  # cases that a message about many names
    batch: int = 500  # alerts or cases at a time
