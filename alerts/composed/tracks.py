"""Composed lives as a detector sees them: scored by the truth, by a model, or by a model that is told nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import numpy as np
import numpy.typing as npt

from alerts.composed.people import START, Life, Person
from alerts.options import HOUR
from alerts.types import Observation, Period
from models.labels import EMOTIONS

ORACLE, MODEL, PERMUTED = "oracle", "model", "permuted"
TRACKS = (ORACLE, MODEL, PERMUTED)
Scores = npt.NDArray[np.int16]  # (texts, 7) thousandths in the order of EMOTIONS
Pool = Mapping[str, Scores]  # emotion → the scores of the texts that truly show it


@dataclass(frozen=True)
class History:
    """One person's closed hours that have posts, in order."""

    person: Person
    periods: tuple[Period, ...]
    moments: tuple[int, ...]  # of every post, seconds since START


def oracle_pool() -> dict[str, Scores]:
    """What a model that is never wrong and always sure would say."""
    sure = np.eye(len(EMOTIONS), dtype=np.int16) * 1000
    return {emotion: sure[place : place + 1] for place, emotion in enumerate(EMOTIONS)}


def histories(lives: Sequence[Life], pool: Pool, track: str, seed: int, language: str = "") -> list[History]:
    """Everybody's posts with scores.

    `model` gives each post the scores of a text with its feeling. `permuted` hands the same scores out again
    among all posts of all people, so that they say nothing about anybody: whatever is still found is luck.
    """
    used = oracle_pool() if track == ORACLE else pool
    rows = [tuple(row) for emotion in EMOTIONS for row in used[emotion].tolist()]
    sizes = np.array([len(used[emotion]) for emotion in EMOTIONS])
    first = np.cumsum(sizes) - sizes
    feelings = np.concatenate([life.feelings for life in lives])
    picks = np.concatenate([life.picks for life in lives])
    drawn = first[feelings] + (picks * sizes[feelings]).astype(np.int64)  # (posts,) places in rows
    if track == PERMUTED:
        drawn = drawn[np.random.default_rng([seed, 7]).permutation(len(drawn))]
    ends = np.cumsum([len(life.moments) for life in lives])
    parts = [[rows[place] for place in part.tolist()] for part in np.split(drawn, ends[:-1])]
    return [_history(life, scores, language) for life, scores in zip(lives, parts, strict=True)]


def _history(life: Life, scores: Sequence[tuple[int, ...]], language: str) -> History:
    name = str(uuid.UUID(int=life.person.number))
    base = (life.person.number + 1) << 40
    moments = life.moments.tolist()
    times = [START + timedelta(seconds=moment) for moment in moments]
    posts = [
        (moment // HOUR, Observation(f"{base + nth:032x}", name, time, row, language))
        for nth, (moment, time, row) in enumerate(zip(moments, times, scores, strict=True))
    ]
    hours = groupby(posts, key=lambda each: each[0])
    periods = tuple(_period(hour, [post for _, post in found]) for hour, found in hours)
    return History(life.person, periods, tuple(moments))


def _period(hour: int, posts: list[Observation]) -> Period:
    begin = START + timedelta(hours=hour)
    return Period(begin, begin + timedelta(hours=1), tuple(posts))
