"""Invented channels, months long: who writes what, when, with anger spikes planted among things that look like one.

A channel's posts carry score vectors drawn from a pool, so that what a real model says of labelled texts decides
how hard the task is. Nothing here scores anything itself.
"""

from __future__ import annotations

import math
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from alerts.composed.chance import poisson
from alerts.types import Observation, Period

Pool = Mapping[str, Sequence[tuple[int, ...]]]  # what was felt: score vectors (thousandths) of texts that say so

BUCKET = timedelta(minutes=5)
START = datetime(2024, 1, 1, tzinfo=UTC)
_APART = timedelta(hours=14)  # between two things that are planted
_MINUTES = 5
_DAY = 1440
SPIKE, GOAL, JOY, LOUD, DRIFT, LULL = "spike", "volume surge", "joy surge", "loud person", "slow drift", "lull"


@dataclass(frozen=True, slots=True)
class ChannelOptions:
    """The size of the task. A pair of numbers is drawn from evenly; rates are per channel and 30 days."""

    channels: int = 12
    days: int = 60
    quiet_days: int = 10  # at the beginning, without anything planted
    posts_a_day: tuple[float, float] = (5, 3000)  # evenly over the orders of magnitude
    daily: tuple[float, float] = (0.3, 1.2)  # depth of the daily rhythm, in log units
    anger: tuple[float, float] = (0.04, 0.15)  # a channel's usual share
    restless: float = 0.3  # spread of the noise in the volume that lasts about an hour, in log units
    moody: float = 0.25  # spread of a day's odds of anger, in log units
    spikes: float = 4
    spike_minutes: tuple[float, float] = (20, 120)
    spike_anger: tuple[float, float] = (0.5, 0.85)  # of the posts that the spike adds
    spike_volume: tuple[float, float] = (1.5, 5)  # posts it adds, times what the channel has in an average such time
    spike_posts: tuple[float, float] = (15, 40)  # it adds at least so many, however small the channel
    goals: float = 4
    goal_volume: tuple[float, float] = (3, 12)
    joys: float = 3
    louds: float = 3
    loud_posts: tuple[float, float] = (15, 60)
    drifts: float = 0.5
    drift_days: tuple[float, float] = (8, 20)
    drift_anger: tuple[float, float] = (0.08, 0.2)
    lulls: float = 3


class Planted(NamedTuple):
    """Something that happens in a channel; only `SPIKE` should alert."""

    kind: str
    start: datetime
    end: datetime


class Channel(NamedTuple):
    """A channel's closed buckets that have posts, in order, and what was planted in it."""

    name: str
    posts_a_day: float
    buckets: list[Period]
    planted: list[Planted]

    @property
    def months(self) -> float:
        return (self.buckets[-1].end - START) / timedelta(days=365.25 / 12)


class _Mood(NamedTuple):
    """What an hour or two adds: posts a minute, and the feelings of those posts."""

    rate: float = 0.0
    shares: Mapping[str, float] = {}
    loud: bool = False  # all by one person


def compose_channels(pool: Pool, options: ChannelOptions, seed: int) -> Iterator[Channel]:
    """The channels of one seed, from the smallest to the largest.

    >>> pool = {"joy": [(0, 900, 0, 0, 0, 0, 100)], "anger": [(50, 0, 0, 950, 0, 0, 0)]}
    >>> one, two = compose_channels(pool, ChannelOptions(channels=2, days=12, posts_a_day=(20, 40)), seed=1)
    >>> one.posts_a_day < two.posts_a_day, len({post.person for bucket in one.buckets for post in bucket.posts}) > 9
    (True, True)
    """
    for number in range(options.channels):
        yield _Composer(pool, options, random.Random(f"{seed}:{number}"), number).compose(f"channel-{number}")


class _Composer:
    """One channel in the making."""

    def __init__(self, pool: Pool, options: ChannelOptions, rng: random.Random, number: int) -> None:
        self._pool, self._options, self._rng = pool, options, rng
        low, high = (math.log(each) for each in options.posts_a_day)
        self._rate = math.exp(low + (high - low) * (number + rng.random()) / options.channels)  # posts a day
        self._daily, self._peak = rng.uniform(*options.daily), rng.random()
        self._usual = _usual_shares(rng, pool, rng.uniform(*options.anger))
        self._people = max(20, round(2 * self._rate))
        self._moods: dict[int, list[_Mood]] = {}  # by bucket of the channel's life
        self._risen = [0.0] * options.days  # anger added by slow drifts, by day

    def compose(self, name: str) -> Channel:
        planted = self._plant()
        return Channel(name, self._rate, list(self._buckets()), planted)

    # --- what happens -------------------------------------------------------------------------------------------

    def _plant(self) -> list[Planted]:
        """Spikes first, then what must not look like one; no two at one time."""
        options = self._options
        taken: list[Planted] = []
        counts = {SPIKE: options.spikes, GOAL: options.goals, JOY: options.joys, LOUD: options.louds}
        for kind, rate in (counts | {LULL: options.lulls}).items():
            for _ in range(self._how_many(rate)):
                self._place(kind, taken)
        for _ in range(self._how_many(options.drifts)):
            self._drift(taken)
        return sorted(taken, key=lambda each: each.start)

    def _how_many(self, a_month: float) -> int:
        mean = a_month * (self._options.days - self._options.quiet_days) / 30
        return int(mean) + (self._rng.random() < mean % 1)

    def _place(self, kind: str, taken: list[Planted]) -> None:
        """Find a free time, at least 14 hours from everything else, and fill it."""
        rng, options = self._rng, self._options
        minutes = rng.uniform(*((120, 480) if kind == LULL else options.spike_minutes))
        for _ in range(200):
            first = rng.randrange(options.quiet_days * _DAY, options.days * _DAY - 600) // _MINUTES * _MINUTES
            one = Planted(kind, _moment(first), _moment(first + minutes))
            if all(one.start - other.end > _APART or other.start - one.end > _APART for other in taken):
                taken.append(one)
                self._fill(first // _MINUTES, math.ceil(minutes / _MINUTES), self._mood(kind, minutes))
                return

    def _fill(self, first: int, buckets: int, mood: _Mood) -> None:
        for bucket in range(first, first + buckets):
            self._moods.setdefault(bucket, []).append(mood)

    def _mood(self, kind: str, minutes: float) -> _Mood:
        rng, options, average = self._rng, self._options, self._rate / _DAY
        if kind == SPIKE:
            anger = rng.uniform(*options.spike_anger)
            rate = max(average * rng.uniform(*options.spike_volume), rng.uniform(*options.spike_posts) / minutes)
            return _Mood(rate, _with(self._usual, "anger", anger))
        if kind == GOAL:
            return _Mood(max(average, 5 / minutes) * rng.uniform(*options.goal_volume), self._usual)
        if kind == JOY:
            rate = max(average, 5 / minutes) * rng.uniform(*options.goal_volume)
            return _Mood(rate, _with(self._usual, "joy", rng.uniform(0.5, 0.9)))
        if kind == LOUD:
            return _Mood(rng.uniform(*options.loud_posts) / minutes, _with(self._usual, "anger", 0.95), loud=True)
        return _Mood(-1.0)

    def _drift(self, taken: list[Planted]) -> None:
        """Anger that rises for days and stays: news for a person, no spike."""
        rng, options = self._rng, self._options
        days, most = rng.uniform(*options.drift_days), rng.uniform(*options.drift_anger)
        first = rng.uniform(options.quiet_days, max(options.quiet_days, options.days - days))
        for day in range(options.days):
            self._risen[day] += most * min(max((day - first) / days, 0.0), 1.0)
        taken.append(Planted(DRIFT, _moment(first * _DAY), _moment((first + days) * _DAY)))

    # --- the posts ----------------------------------------------------------------------------------------------

    def _buckets(self) -> Iterator[Period]:
        rng, restless, shares = self._rng, 0.0, self._usual
        for bucket in range(self._options.days * _DAY // _MINUTES):
            minute = bucket * _MINUTES
            if minute % _DAY == 0:
                shares = self._shares_of(minute // _DAY)
            restless += -restless / 12 + rng.gauss(0, self._options.restless * math.sqrt(2 / 12))
            posts = self._posts(minute, restless, shares, self._moods.get(bucket, ()))
            if posts:
                start = _moment(minute)
                yield Period(start, start + BUCKET, tuple(sorted(posts, key=lambda post: (post.sent_at, post.key))))

    def _shares_of(self, day: int) -> Mapping[str, float]:
        """Some days are angrier than others."""
        anger = self._usual["anger"] * math.exp(self._rng.gauss(0, self._options.moody)) + self._risen[day]
        return _with(self._usual, "anger", min(anger, 0.6))

    def _posts(
        self, minute: int, restless: float, shares: Mapping[str, float], moods: Sequence[_Mood]
    ) -> list[Observation]:
        rng, day = self._rng, minute / _DAY
        rhythm = self._daily * math.sin(2 * math.pi * (day - self._peak)) - self._daily**2 / 4
        weekend = -0.2 if day % 7 >= 5 else 0.0
        rate = self._rate / _DAY * math.exp(rhythm + weekend + restless - self._options.restless**2 / 2)
        if any(mood.rate < 0 for mood in moods):
            rate *= 0.05
        posts = [self._post(minute, shares, self._somebody()) for _ in range(poisson(rng, rate * _MINUTES))]
        for mood in moods:
            for _ in range(poisson(rng, max(mood.rate, 0.0) * _MINUTES)):
                posts.append(self._post(minute, mood.shares, "loud" if mood.loud else self._somebody()))
        return posts

    def _somebody(self) -> str:
        """Few write much, most write little."""
        return f"p{int(self._people * self._rng.random() ** 2)}"

    def _post(self, minute: int, shares: Mapping[str, float], person: str) -> Observation:
        rng = self._rng
        scores = rng.choice(self._pool[_felt(rng, shares)])
        sent_at = _moment(minute) + timedelta(seconds=rng.randrange(300))
        return Observation(str(uuid.UUID(int=rng.getrandbits(128))), person, sent_at, scores)


def _moment(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def _usual_shares(rng: random.Random, pool: Pool, anger: float) -> Mapping[str, float]:
    """A mix of the pool's feelings, with so much anger in it."""
    others = {name: rng.gammavariate(3 if name in ("joy", "neutral") else 1.2, 1) for name in sorted(pool)}
    return _with(others, "anger", anger)


def _with(shares: Mapping[str, float], feeling: str, share: float) -> Mapping[str, float]:
    """The same mix with one feeling at a share of its own."""
    rest = sum(each for name, each in shares.items() if name != feeling)
    return {name: share if name == feeling else each / rest * (1 - share) for name, each in shares.items()}


def _felt(rng: random.Random, shares: Mapping[str, float]) -> str:
    left = rng.random()
    for name, share in shares.items():
        left -= share
        if left < 0:
            return name
    return next(iter(shares))
