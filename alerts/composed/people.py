"""Invented people and what each of them wrote when, as feelings; scores come later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from alerts.composed.options import HistoryOptions
from alerts.composed.stories import BAD_DAY, BURST, Floats, Story, deal, towards
from alerts.options import DAY, HOUR

START = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday
PARTS = ("validation", "test")
_LEAST = 1e-3  # the shape of a gamma draw cannot be zero


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented: how much they write, and their story."""

    number: int
    rate: float  # posts a day, on average
    story: Story


@dataclass(frozen=True)
class Life:
    """All posts of one person, in order."""

    person: Person
    moments: npt.NDArray[np.int64]  # seconds since START
    feelings: npt.NDArray[np.int64]  # place in EMOTIONS
    picks: Floats  # 0 to 1: which of the texts with that feeling


def compose(options: HistoryOptions, seed: int, part: str = "test") -> list[Life]:
    """Everybody, the same for the same options and seed. Each part has people of its own.

    >>> few = HistoryOptions(people=10, days=60)
    >>> lives = compose(few, seed=1)
    >>> len(lives), sorted({life.person.story.kind for life in lives})[:2]
    (10, ['burst', 'one bad day'])
    """
    nth = PARTS.index(part)
    stories = deal(options, np.random.default_rng([seed, nth]))
    rngs = (np.random.default_rng([seed, nth, number]) for number in range(options.people))
    return [_life(number, story, options, rng) for number, (story, rng) in enumerate(zip(stories, rngs, strict=True))]


def _life(number: int, story: Story, options: HistoryOptions, rng: np.random.Generator) -> Life:
    drawn = options.rate_median * np.exp(options.rate_spread * rng.standard_normal())
    person = Person(number, float(np.clip(drawn, *options.rate_bounds)), story)
    mix = _mix(np.array(options.mix) * options.mix_concentration, rng)
    day = np.repeat(np.arange(options.days), _posts_a_day(person, options, rng))  # (posts,)
    moments = day * DAY + _seconds_of_day(len(day), rng)
    shares = _mix(options.day_concentration * towards(mix, story, options.days), rng)  # (days, 7)
    feelings = (rng.random((len(day), 1)) > shares.cumsum(axis=1)[day, :-1]).sum(axis=1)
    order = np.argsort(moments, kind="stable")
    return Life(person, moments[order], feelings[order], rng.random(len(day)))


def _mix(expected: Floats, rng: np.random.Generator) -> Floats:
    """Dirichlet draws, one a row; what is not expected at all never comes."""
    drawn = (rng.standard_gamma(np.maximum(expected, _LEAST)) + 1e-12) * (expected > 0)
    return np.asarray(drawn / drawn.sum(axis=-1, keepdims=True), dtype=np.float64)


def _posts_a_day(person: Person, options: HistoryOptions, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    days, story = options.days, person.story
    weekend = np.exp(options.weekend_spread * rng.standard_normal())
    week = np.array([1.0] * 5 + [weekend] * 2)
    expected = person.rate * (week * 7 / week.sum())[np.arange(days) % 7]
    expected *= rng.gamma(options.day_shape, 1 / options.day_shape, days)
    expected[_silent(options, rng)] = 0.0
    if story.kind == BURST:
        expected[story.onset : story.end] = person.rate * story.size
    counts: npt.NDArray[np.int64] = rng.poisson(expected)
    if story.kind == BAD_DAY:
        counts[story.onset] += round(rng.uniform(*options.bad_day_posts))
    return counts


def _silent(options: HistoryOptions, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """The days on which nothing is written at all."""
    silent = np.zeros(options.days, dtype=bool)
    for _ in range(rng.poisson(options.gaps_per_year * options.days / 365.25)):
        begin = rng.integers(options.days)
        silent[begin : begin + rng.geometric(1 / options.gap_days)] = True
    return silent


def _seconds_of_day(count: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Awake most around a peak hour of one's own, hardly ever twelve hours away from it."""
    peak = rng.normal(18.5, 3.5)
    hours = np.arange(24)
    awake = 0.05 + 0.95 * (0.5 + 0.5 * np.cos((hours + 0.5 - peak) * np.pi / 12)) ** 2
    chosen = rng.choice(24, size=count, p=awake / awake.sum())
    return chosen * HOUR + rng.integers(HOUR, size=count)
