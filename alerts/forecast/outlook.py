"""The next day and the next week of many subjects at once: several ways to move, weighed by how well each foresaw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import expit, ndtri

from alerts.forecast.batch import Batch, batch_of
from alerts.forecast.daily import Daily, Floats
from alerts.forecast.dynamics import WEEK, Dynamics
from alerts.forecast.follow import Belief, follow
from alerts.forecast.logistic import centre_of, moments
from alerts.forecast.pool import Pool
from alerts.forecast.shape import LEVELS

HORIZONS = (1, WEEK)
_POSTS_HALF_LIFE = 30.0  # days
_RATE_DAYS = 60


@dataclass(frozen=True)
class Spoken:
    """How a subject posts, for which the interval is meant: (subjects,) each."""

    posts: Floats  # on a day with posts: the harmonic mean, since noise goes with 1 / posts
    days: Floats  # of a week that have posts, 1 to 7


class Expected(NamedTuple):
    """Of the mean score that will be seen, and of the level behind it as a logit."""

    mean: Floats
    variance: Floats
    level: Floats
    level_variance: Floats


@dataclass(frozen=True)
class Outlook:
    """What is expected by (subjects, horizons, 7), and for how much posting."""

    expected: Expected
    spoken: Spoken

    def level_quantiles(self) -> Floats:
        """(subjects, horizons, 7, 5) at `LEVELS`, 0 to 1."""
        ends = np.sqrt(self.expected.level_variance)[..., None] * ndtri(LEVELS)
        return np.asarray(expit(self.expected.level[..., None] + ends))


def look_ahead(pool: Pool, histories: Sequence[Daily], day: int, population: Floats) -> Outlook:
    """From histories that end before `day` and are not empty. `population` (7,) is the mean score of everybody."""
    batch = batch_of(histories)
    spoken = _spoken(histories, day)
    ordered = Spoken(spoken.posts[batch.order], spoken.days[batch.order])
    views = [_view(dynamics, batch, day, population, ordered) for dynamics in pool.dynamics]
    joined = _joined([view.expected for view in views], _weights(pool, views))
    back = np.argsort(batch.order)
    return Outlook(Expected(*(each[back] for each in joined)), spoken)


class _View(NamedTuple):
    """One way to move, and how well it foresaw the past (subjects, 7)."""

    expected: Expected
    fit: Floats


def _view(dynamics: Dynamics, batch: Batch, day: int, population: Floats, spoken: Spoken) -> _View:
    centre = centre_of(population, dynamics.prior_variance)
    belief = follow(dynamics, batch, centre, np.full(len(batch.sizes), day))
    parts = [_horizon(dynamics, belief, centre, day, days, spoken) for days in HORIZONS]
    return _View(Expected(*(np.stack(column, axis=1) for column in zip(*parts, strict=True))), belief.fit)


def _horizon(dynamics: Dynamics, belief: Belief, centre: Floats, day: int, days: int, spoken: Spoken) -> Expected:
    """(subjects, 7) each; the days of a week that will have posts are taken as so many draws of a day's mood."""
    weights, added = dynamics.ahead(day % WEEK, days)
    level = centre + belief.state @ weights
    variance = np.maximum((belief.spread @ weights) @ weights, 0.0) + added
    active = np.minimum(spoken.days, days)[:, None]
    alone, moody = moments(level, variance), moments(level, variance + dynamics.day)
    noise = dynamics.noise * moody.slope / spoken.posts[:, None]
    seen = alone.variance + (moody.variance - alone.variance + noise) / active
    return Expected(moody.mean, seen, level, variance + dynamics.day / days)


def _weights(pool: Pool, views: Sequence[_View]) -> Floats:
    """(dynamics, subjects, 1, 7), adding up to 1 over the dynamics."""
    fits = np.log(pool.shares)[:, None, None] + pool.trust * np.array([view.fit for view in views])
    raised = np.exp(fits - fits.max(axis=0))
    return np.asarray(raised / raised.sum(axis=0))[:, :, None, :]


def _joined(views: Sequence[Expected], weights: Floats) -> Expected:
    """The moments of the mixture."""
    mean = _mixed([view.mean for view in views], [view.variance for view in views], weights)
    level = _mixed([view.level for view in views], [view.level_variance for view in views], weights)
    return Expected(*mean, *level)


def _mixed(means: Sequence[Floats], variances: Sequence[Floats], weights: Floats) -> tuple[Floats, Floats]:
    mean = (weights * np.array(means)).sum(axis=0)
    spread = np.array(variances) + (np.array(means) - mean) ** 2
    return mean, (weights * spread).sum(axis=0)


def _spoken(histories: Sequence[Daily], day: int) -> Spoken:
    found = np.array([_spoken_by(history, day) for history in histories])
    return Spoken(found[:, 0], found[:, 1])


def _spoken_by(history: Daily, day: int) -> tuple[float, float]:
    fade = 0.5 ** ((day - history.days) / _POSTS_HALF_LIFE)
    posts = fade.sum() / (fade / history.posts).sum()
    span = min(day - int(history.days[0]), _RATE_DAYS)
    days = WEEK * (history.before(day, span).size + 1) / (span + 2)
    return float(posts), float(np.clip(days, 1.0, WEEK))
