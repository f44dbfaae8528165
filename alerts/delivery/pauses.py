"""How long endpoints with something due are not to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.claims import Waiting

SHORT = 2.0  # seconds: a run that is to end waits for an endpoint that wants so much peace, but no more


@dataclass
class Pauses:
    """The shortest pauses, in seconds."""

    blocked: float | None = None  # left alone, because it failed or asked for it
    paced: float | None = None  # by its rate

    def note(self, each: Waiting, now: datetime) -> bool:
        """Whether this endpoint is to be passed over now."""
        blocked, paced = _left(each.blocked_until, now), _left(each.paced_until, now)
        if blocked:
            self.blocked = min(blocked, self.blocked or blocked)
        elif paced:
            self.paced = min(paced, self.paced or paced)
        return bool(blocked or paced)

    def shortest(self) -> float:
        return min(self.blocked or 3600.0, self.paced or 3600.0)

    def worth_waiting(self) -> float | None:
        """What a run that is to end waits for: a rate always, a receiver that needs peace for a moment only."""
        if self.paced or (self.blocked and self.blocked <= SHORT):
            return self.shortest()
        return None


def _left(until: datetime | None, now: datetime) -> float:
    return max((until - now).total_seconds(), 0.0) if until else 0.0
