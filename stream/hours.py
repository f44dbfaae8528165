"""Closing a person's hour and a channel's five minutes: the one place where series meet rules.

The worker, the offline oracle and the rebuild all call these functions, which know neither Kafka nor Postgres.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from alerts.detectors.cohort import REST, circle_of
from alerts.monitor import apply_channel, watch_person
from alerts.options import DAY, seconds
from alerts.rules import Rules
from alerts.types import Alert, Observation, Period
from storage.waiting import WaitingInBucket, WaitingInHour
from stream.attendance import Present, attend

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


class Heard(NamedTuple):
    """What an hour of one person adds to what is known of everybody."""

    hour: datetime
    newcomer: bool  # the person's first hour of the day (UTC)
    partition: int
    circle: int  # of the channel in which the first of the posts was written
    voice: tuple[int, ...] | None  # the rounded mean of the posts; none if the person had a voice lately
    tests: list[tuple[str, float]]  # by rule key, for the day's discovery control


class Applied(NamedTuple):
    """What an hour of one person led to."""

    state: State
    alerts: list[Alert]
    repeats: list[WaitingInHour]  # posts that repeat an earlier text
    heard: Heard | None  # none if nothing in the hour taught anything
    present: Present


def apply_hour(rules: Rules, person: str, state: State, posts: Sequence[WaitingInHour]) -> Applied:
    """Apply one closed hour of one person, in event-time order. Repeats and abstained posts teach nothing."""
    recent: list[int] = list(state.get("recent", []))
    present, today = attend(state.get("today", ()), posts)
    repeats: list[WaitingInHour] = []
    observed: list[Observation] = []
    first: WaitingInHour | None = None  # of those observed
    for post in sorted(posts):
        digest = post.digest & SHORT_DIGEST
        if digest and digest in recent:
            repeats.append(post)
        elif post.scores is not None:
            observed.append(Observation(post.key, person, post.sent_at, post.scores, post.language or ""))
            first = first or post
        recent = _remember(recent, digest)
    if first is None:
        return Applied(state | {"recent": recent, "today": today}, [], repeats, None, present)
    start = first.hour
    found = watch_person(rules, person, state.get("rules"), Period(start, start + HOUR, tuple(observed)))
    heard, voiced = _hear(first, observed, state.get("voice"), found.tests)
    after = {"recent": recent, "rules": found.state, "voice": voiced, "today": today}
    return Applied(after, found.alerts, repeats, heard, present)


def _hear(
    first: WaitingInHour, observed: Sequence[Observation], voiced: list[int] | None, tests: list[tuple[str, float]]
) -> tuple[Heard, list[int]]:
    """What everybody hears of this hour. `voiced`: the hour of the last voice and the last day."""
    at = seconds(first.hour)
    last, day = voiced or (-REST, -1)
    today, speaks = at // DAY, at - last >= REST
    voice = mean_voice(observed) if speaks else None
    circle = circle_of(first.channel, first.person)
    return Heard(first.hour, today != day, first.partition, circle, voice, tests), [at if speaks else last, today]


def mean_voice(observed: Sequence[Observation]) -> tuple[int, ...]:
    """The mean of these posts in whole thousandths, halves rounded up.

    >>> posts = [Observation("", "", datetime.min, scores) for scores in ((1, 900), (2, 101))]
    >>> mean_voice(posts)
    (2, 501)
    """
    count = len(observed)
    if count == 1:
        return observed[0].scores
    return tuple((2 * sum(column) + count) // (2 * count) for column in zip(*(p.scores for p in observed), strict=True))


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
