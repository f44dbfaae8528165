"""The filter: what the days seen so far say about a level, for one way in which levels may move.

A Kalman filter on the logit scale. Scores are means in 0 to 1, so each update matches the moments of the logistic
curve (a Gauss-Hermite filter): a day with one post moves little, a day with a thousand is held back by the day's
own mood, and a silent day is a longer step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alerts.forecast.batch import Batch
from alerts.forecast.daily import Floats, Ints
from alerts.forecast.dynamics import WEEK, Dynamics
from alerts.forecast.logistic import Moments, moments
from models.labels import EMOTIONS


@dataclass
class Belief:
    """The state of each subject and emotion, and how well the days before were foreseen (log-likelihood)."""

    state: Floats  # (subjects, 7, size)
    spread: Floats  # (subjects, 7, size, size)
    fit: Floats  # (subjects, 7)


def follow(dynamics: Dynamics, batch: Batch, centre: Floats, until: Ints) -> Belief:
    """Learn every day of the batch, then step to the day `until` (subjects,), which is not learned."""
    belief = _unknowing(dynamics, len(batch.sizes))
    for step, active in enumerate(batch.active):
        if step:
            _advance(dynamics, belief, batch.days[:active, step] - batch.days[:active, step - 1])
        weekday = batch.days[:active, step] % WEEK
        _learn(dynamics, belief, centre, weekday, batch.posts[:active, step], batch.means[:active, step])
    _advance(dynamics, belief, until - batch.last)
    return belief


def _unknowing(dynamics: Dynamics, subjects: int) -> Belief:
    shape = (subjects, len(EMOTIONS), dynamics.size)
    spread = np.broadcast_to(np.diag(dynamics.spread), (*shape, dynamics.size)).copy()
    return Belief(np.zeros(shape), spread, np.zeros(shape[:2]))


def _advance(dynamics: Dynamics, belief: Belief, gaps: Ints) -> None:
    """So many days pass for the first subjects."""
    some, kept = slice(len(gaps)), dynamics.kept(gaps)[:, None]  # (subjects, 1, size)
    belief.state[some] *= kept
    belief.spread[some] *= kept[..., :, None] * kept[..., None, :]
    parts = np.arange(dynamics.size)
    belief.spread[some, :, parts, parts] += dynamics.shocks(gaps)[:, None]


def _learn(dynamics: Dynamics, belief: Belief, centre: Floats, weekday: Ints, posts: Floats, means: Floats) -> None:
    """One day of the first subjects: `posts` (subjects,) with mean scores `means` (subjects, 7)."""
    some, seen = slice(len(posts)), dynamics.seen[weekday]  # (subjects, size)
    shown = np.einsum("sekl,sl->sek", belief.spread[some], seen)  # covariance of state and level
    level = centre + np.einsum("sek,sk->se", belief.state[some], seen)
    foreseen = moments(level, np.einsum("sek,sk->se", shown, seen) + dynamics.day)
    variance = foreseen.variance + dynamics.noise * foreseen.slope / posts[:, None]
    surprise = means - foreseen.mean
    _correct(belief, some, shown, foreseen, variance, surprise)


def _correct(belief: Belief, some: slice, shown: Floats, foreseen: Moments, variance: Floats, surprise: Floats) -> None:
    gain = foreseen.slope / variance
    belief.state[some] += shown * (gain * surprise)[..., None]
    learned = (foreseen.slope * gain)[..., None, None]
    belief.spread[some] -= shown[..., :, None] * shown[..., None, :] * learned
    belief.fit[some] -= (np.log(variance) + surprise**2 / variance) / 2
