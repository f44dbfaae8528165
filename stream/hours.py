"""Closing a person's hour and a channel's five minutes: the one place where series meet rules.

The worker, the offline oracle and the rebuild all call these functions, which know neither Kafka nor Postgres.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from alerts.monitor import apply_channel, apply_person
from alerts.rules import Rules
from alerts.types import Alert, Observation, Period
from storage.waiting import WaitingInBucket, WaitingInHour

HOUR = timedelta(hours=1)
BUCKET = timedelta(minutes=5)
REMEMBERED_TEXTS = 16
SHORT_DIGEST = 0xFFFFFFFF  # of a text: 32 bits tell sixteen texts apart
State = dict[str, Any]


def hour_of(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)


def bucket_of(time: datetime) -> datetime:
    """
    >>> bucket_of(datetime(2026, 1, 1, 10, 7, 30)).isoformat()
    '2026-01-01T10:05:00'
    """
    return time.replace(minute=time.minute - time.minute % 5, second=0, microsecond=0)


def apply_hour(
    rules: Rules, person: str, state: State, posts: Sequence[WaitingInHour]
) -> tuple[State, list[Alert], list[WaitingInHour]]:
    """Apply one closed hour of one person, in event-time order.

    Returns the new state, the alerts raised and the posts that repeat an earlier text. Repeats and
    abstained posts teach the detectors nothing.
    """
    recent: list[int] = list(state.get("recent", []))
    repeats: list[WaitingInHour] = []
    observed: list[Observation] = []
    for post in sorted(posts):
        digest = post.digest & SHORT_DIGEST
        if digest and digest in recent:
            repeats.append(post)
        elif post.scores is not None:
            observed.append(Observation(post.key, person, post.sent_at, post.scores, post.language or ""))
        recent = _remember(recent, digest)
    start = posts[0].hour
    monitored: State | None = state.get("rules")
    alerts: list[Alert] = []
    if observed:
        period = Period(start, start + HOUR, tuple(observed))
        monitored, alerts = apply_person(rules, person, monitored, period)
    return {"recent": recent, "rules": monitored}, alerts, repeats


def _remember(recent: list[int], digest: int) -> list[int]:
    if not digest or digest in recent:
        return recent
    return [*recent[-(REMEMBERED_TEXTS - 1) :], digest]


def apply_bucket(
    rules: Rules, channel: str, state: State, posts: Sequence[WaitingInBucket]
) -> tuple[State, list[Alert]]:
    """Apply one closed five-minute bucket of one channel, in event-time order."""
    start = posts[0].bucket
    observed = tuple(Observation(p.key, p.person, p.sent_at, p.scores) for p in sorted(posts))
    monitored, alerts = apply_channel(rules, channel, state.get("rules"), Period(start, start + BUCKET, observed))
    return {"rules": monitored}, alerts
