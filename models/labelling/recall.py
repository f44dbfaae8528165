"""How much of what is there the model finds, from judged samples of what it flagged and of what it did not."""

from typing import NamedTuple

import numpy as np

from models.labelling.agreement import SEED, Estimate
from models.labelling.judgements import Floats

DRAWS = 5_000


class Sample(NamedTuple):
    """Of `posts` posts, `judged` were drawn at random and judged, and `found` of those show the emotion."""

    posts: int
    judged: int
    found: int


def recall(flagged: Sample, unflagged: Sample) -> Estimate | None:
    """The share of posts with the emotion that were flagged. None where one of the samples is empty.

    Each sample says what share of its own posts has the emotion; Jeffreys' prior gives the interval. Of the few
    posts that a random sample finds beyond the flags, each stands for many: expect wide intervals.

    >>> found = recall(flagged=Sample(1_000, 100, 80), unflagged=Sample(20_000, 400, 4))
    >>> [round(each, 2) for each in found[:3]]
    [0.8, 0.62, 0.92]
    >>> recall(Sample(1_000, 100, 80), Sample(20_000, 0, 0)) is None
    True
    """
    if not (flagged.judged and unflagged.judged):
        return None
    chance = np.random.default_rng(SEED)
    hits, misses = (sample.posts * _shares(sample, chance) for sample in (flagged, unflagged))
    low, high = np.percentile(hits / (hits + misses), [2.5, 97.5])
    hit, missed = (sample.posts * sample.found / sample.judged for sample in (flagged, unflagged))
    value = hit / (hit + missed) if hit + missed else 1.0
    return Estimate(value, min(value, float(low)), max(value, float(high)), flagged.judged + unflagged.judged)


def share(sample: Sample) -> Estimate | None:
    """The share of a sample's posts that shows the emotion, with its interval: precision, or what is missed."""
    if not sample.judged:
        return None
    value = sample.found / sample.judged
    low, high = np.percentile(_shares(sample, np.random.default_rng(SEED)), [2.5, 97.5])
    return Estimate(value, min(value, float(low)), max(value, float(high)), sample.judged)


def _shares(sample: Sample, chance: np.random.Generator) -> Floats:
    return chance.beta(sample.found + 0.5, sample.judged - sample.found + 0.5, DRAWS)
