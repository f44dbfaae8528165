"""How an endpoint stands after each attempt: how long to leave it alone, and when it counts as dead."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from alerts.delivery.attempt import Outcome
from alerts.delivery.schedule import pause
from storage.claims import IN_A_ROW
from storage.settled import Standing


def after(standing: Standing, outcome: Outcome, now: datetime, random: Random) -> Standing:
    """The standing after one more attempt. One success forgives everything.

    A refusal of one message pauses nothing. A receiver that says it has enough pauses at once, for as long as it
    asks; so does one that has failed several times in a row, longer each time.
    """
    if outcome.taken:
        return Standing(last_success_at=now)
    failures = standing.failures + 1
    blocked = standing.blocked_until
    if outcome.throttles or outcome.gone or failures >= IN_A_ROW:
        asked = timedelta(seconds=outcome.retry_after or 0) if outcome.throttles else timedelta(0)
        until = now + max(asked, pause(failures, random))
        blocked = until if blocked is None else max(blocked, until)
    return Standing(failures, standing.failing_since or now, blocked, standing.last_success_at)


OF_THE_MESSAGE = frozenset({400, 413, 415, 422})  # the receiver is there, and does not like what it was sent


def why_dead(standing: Standing, outcome: Outcome, now: datetime, dead_after: timedelta) -> str | None:
    """Why nothing more should be sent to this endpoint, or None."""
    if outcome.gone:
        return "it answered 410 Gone"
    since = standing.failing_since
    if since is not None and standing.failures >= IN_A_ROW and now - since >= dead_after:
        return f"every attempt since {since:%Y-%m-%d %H:%M} UTC has failed"
    return None
