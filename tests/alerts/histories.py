"""Composed histories of invented people, seeded: what the rules are measured on.

Every feeling is drawn first and then scored the way a good model scores: mostly right, mostly sure.
"""

import random
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from alerts.monitor import apply_channel, apply_person
from alerts.rules import Rules
from alerts.types import Alert, Observation, Period
from models.labels import EMOTIONS

START = datetime(2024, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Mood = Callable[[float], dict[str, float]]  # day → share of each emotion; the rest is neutral
Rate = Callable[[float], float]  # day → posts a day


def feel(rng: random.Random, shares: dict[str, float]) -> str:
    """Draw one feeling."""
    left = rng.random()
    for emotion, share in shares.items():
        left -= share
        if left < 0:
            return emotion
    return "neutral"


def score(rng: random.Random, feeling: str) -> tuple[int, ...]:
    """Score a post with that feeling: nine in ten read rightly, and then about .88 sure on average."""
    read = feeling if rng.random() < 0.9 else rng.choice(EMOTIONS)
    sure = rng.betavariate(7, 1)
    noise = [rng.random() ** 3 for _ in EMOTIONS]
    noise[EMOTIONS.index(read)] = 0.0
    rest = (1 - sure) / sum(noise)
    return tuple(
        round(1000 * (sure if name == read else rest * part)) for name, part in zip(EMOTIONS, noise, strict=True)
    )


def observe(rng: random.Random, person: str, at: datetime, shares: dict[str, float]) -> Observation:
    key = str(uuid.UUID(int=rng.getrandbits(128)))
    return Observation(key, person, at, score(rng, feel(rng, shares)), "en")


def hours_of(rng: random.Random, person: str, days: int, rate: Rate, mood: Mood) -> Iterator[Period]:
    """One person's hours that have posts, in order."""
    for hour in range(days * 24):
        day = hour / 24
        expected = rate(day) / 24
        count = sum(rng.random() < expected / 3 for _ in range(3)) if expected < 1.5 else round(rng.gauss(expected, 1))
        if count > 0:
            begin = START + timedelta(hours=hour)
            times = sorted(begin + timedelta(seconds=rng.randrange(3600)) for _ in range(count))
            posts = tuple(observe(rng, person, at, mood(day)) for at in times)
            yield Period(begin, begin + timedelta(hours=1), posts)


def alerts_of(rules: Rules, person: str, hours: Iterator[Period]) -> list[Alert]:
    state, found = None, []
    for hour in hours:
        state, alerts = apply_person(rules, person, state, hour)
        found += alerts
    return found


def buckets_of(
    rng: random.Random,
    minutes: range,
    rate: Callable[[int], float],
    anger: Callable[[int], float],
    people: int,
) -> Iterator[Period]:
    """One channel's five-minute buckets; `rate` is posts a minute, `anger` the share at a minute."""
    for minute in minutes[::5]:
        expected = rate(minute) * 5
        count = sum(rng.random() < expected / 40 for _ in range(40))
        begin = START + minute * MINUTE
        times = sorted(begin + timedelta(seconds=rng.randrange(300)) for _ in range(count))
        shares = {"anger": anger(minute), "joy": 0.3}
        posts = tuple(observe(rng, f"p{rng.randrange(people)}", at, shares) for at in times)
        if posts:
            yield Period(begin, begin + 5 * MINUTE, posts)


def channel_alerts(rules: Rules, channel: str, buckets: Iterator[Period]) -> list[Alert]:
    state, found = None, []
    for bucket in buckets:
        state, alerts = apply_channel(rules, channel, state, bucket)
        found += alerts
    return found
