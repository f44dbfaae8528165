"""Composed days of invented people and channels, seeded: what forecasts are fitted and tested on.

Feelings are drawn from a mix that moves as its story says, then scored as a model scores: mostly right, mostly
sure. The expected score of each day is kept beside the observed mean, so that a forecast of the level can be judged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.forecast.daily import Daily, Floats
from models.labels import EMOTIONS

Range = tuple[float, float]
FIRST_DAY = date(2024, 1, 1).toordinal()
STORIES = ("steady", "drift", "ramp", "moody", "weekly", "bad day")
USUAL = {"sadness": 0.09, "joy": 0.20, "love": 0.06, "anger": 0.07, "fear": 0.05, "surprise": 0.07, "neutral": 0.46}


@dataclass(frozen=True, slots=True)
class MoodOptions:
    """How the invented live and how they are scored. Of a range each subject has a value of its own."""

    days: int = 97
    rate: float = 1.3  # posts a day, the median subject
    spread: float = 0.8  # of rates between subjects, in log units
    own: Range = (8.0, 80.0)  # how alike subjects' usual mixes are: Dirichlet concentration
    restless: Range = (0.0, 0.5)  # spread of a single day's mood, in log units
    accuracy: Range = (0.75, 0.95)  # share of posts that the model reads rightly
    sure: Range = (3.0, 9.0)  # Beta(sure, 1) is the score of what was read
    silence: float = 0.3  # chance of a week or more without a post


PEOPLE = MoodOptions()
CHANNELS = MoodOptions(rate=45.0, spread=1.0, own=(20.0, 150.0), restless=(0.03, 0.2), silence=0.05)


class Nature(NamedTuple):
    """What one subject has of the ranges."""

    own: float
    restless: float
    accuracy: float
    sure: float


@dataclass(frozen=True)
class Composed:
    """`series` is what is seen; `level` (days, 7) is each day's expected score, which is hidden."""

    story: str
    rate: float
    series: Daily
    level: Floats


def compose_moods(subjects: int, seed: int, options: MoodOptions = PEOPLE) -> list[Composed]:
    """So many subjects, their stories in turn; the same for the same seed."""
    return [
        _compose(STORIES[number % len(STORIES)], options, np.random.default_rng([seed, number]))
        for number in range(subjects)
    ]


def _compose(story: str, options: MoodOptions, rng: np.random.Generator) -> Composed:
    rate = options.rate * math.exp(options.spread * rng.normal())
    nature = Nature(*(rng.uniform(*each) for each in (options.own, options.restless, options.accuracy, options.sure)))
    mixes = _mixes(story, nature, options.days, rng)  # (days, 7)
    counts = rng.poisson(rate * _posting(story, options, rng))  # (days,)
    days = np.flatnonzero(counts)
    means = np.array([_scores(mixes[day], int(counts[day]), nature, rng).mean(axis=0) for day in days])
    series = Daily(days + FIRST_DAY, counts[days].astype(float), means.reshape(len(days), len(EMOTIONS)))
    return Composed(story, rate, series, expected_scores(mixes, nature))


def _posting(story: str, options: MoodOptions, rng: np.random.Generator) -> Floats:
    """Days relative to the usual rate: more at the week's end, and now and then a silence."""
    days = np.arange(options.days)
    shares = np.where((days + FIRST_DAY) % 7 >= 5, 1.25, 0.9)
    if rng.random() < options.silence:
        start, length = rng.integers(options.days), 7 + rng.geometric(0.1)
        shares[start : start + length] = 0.0
    if story == "bad day":
        shares[_turn(options.days, rng)] *= 4
    return shares


def _turn(days: int, rng: np.random.Generator) -> int:
    """A day past the first third, on which something happens."""
    return int(rng.integers(days // 3, days))


def _mixes(story: str, nature: Nature, days: int, rng: np.random.Generator) -> Floats:
    usual = np.array([USUAL[emotion] for emotion in EMOTIONS])
    own = np.log(rng.dirichlet(nature.own * usual) + 1e-3)
    moved = own + _moves(story, days, rng) + nature.restless * rng.normal(size=(days, len(EMOTIONS)))
    shares = np.exp(moved)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _moves(story: str, days: int, rng: np.random.Generator) -> Floats:
    """What the story adds to the logarithm of each share, (days, 7)."""
    moves = np.zeros((days, len(EMOTIONS)))
    if story == "steady":
        return moves
    chosen = rng.choice(len(EMOTIONS), size=2, replace=False)
    for emotion in chosen[: 1 if story in ("ramp", "bad day") else 2]:
        moves[:, emotion] = _path(story, days, rng)
    return moves


def _path(story: str, length: int, rng: np.random.Generator) -> Floats:
    days = np.arange(length)
    if story == "drift":
        return np.cumsum(rng.uniform(0.05, 0.15) * rng.normal(size=length))
    if story == "ramp":
        size = rng.uniform(1.0, 2.8) * (1 if rng.random() < 0.8 else -1)
        return np.asarray(size * np.clip((days - _turn(length, rng)) / rng.integers(7, 35), 0, 1))
    if story == "moody":
        return _reverting(rng.uniform(0.6, 0.93), rng.uniform(0.5, 1.0), length, rng)
    if story == "weekly":
        rhythm = rng.uniform(0.2, 0.7) * rng.normal(size=7)
        return np.asarray(rhythm[(days + FIRST_DAY) % 7])
    return np.where(days == _turn(length, rng), 2.5, 0.0)


def _reverting(keep: float, spread: float, days: int, rng: np.random.Generator) -> Floats:
    path = np.zeros(days)
    path[0] = spread * rng.normal()
    for day, shock in enumerate(rng.normal(size=days - 1), 1):
        path[day] = keep * path[day - 1] + spread * math.sqrt(1 - keep**2) * shock
    return path


def _scores(mix: Floats, posts: int, nature: Nature, rng: np.random.Generator) -> Floats:
    return score(rng.choice(len(EMOTIONS), size=posts, p=mix), nature, rng)


def score(felt: npt.NDArray[np.int64], nature: Nature, rng: np.random.Generator) -> Floats:
    """Posts with these feelings (posts,) as a model scores them, (posts, 7); rows add up to one."""
    posts = np.arange(len(felt))
    wrong = rng.random(len(felt)) >= nature.accuracy
    read = np.where(wrong, rng.integers(len(EMOTIONS), size=len(felt)), felt)
    sure = rng.beta(nature.sure, 1.0, size=len(felt))
    rest = rng.random((len(felt), len(EMOTIONS))) ** 3 + 1e-9
    rest[posts, read] = 0.0
    scores = rest / rest.sum(axis=1, keepdims=True) * (1 - sure)[:, None]
    scores[posts, read] = sure
    return np.asarray(scores.round(3))


def expected_scores(mixes: Floats, nature: Nature) -> Floats:
    """The mean score of endlessly many posts of these mixes."""
    read = nature.accuracy * mixes + (1 - nature.accuracy) / len(EMOTIONS)
    sure = nature.sure / (nature.sure + 1)
    return np.asarray(read * sure + (1 - read) * (1 - sure) / (len(EMOTIONS) - 1))
