"""Fitting a pool to histories: which ways of moving are how common, and how wide intervals must be.

Twenty noisy days cannot tell seven parameters, so none is fitted to a person. A grid of ways is shared, their shares
are fitted by expectation maximisation over everybody, and each subject's days then decide between the few that stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

import numpy as np

from alerts.forecast.batch import batch_of
from alerts.forecast.daily import Daily, Floats, Ints
from alerts.forecast.dynamics import Dynamics
from alerts.forecast.follow import follow
from alerts.forecast.foresee import seen_before, too_little
from alerts.forecast.logistic import centre_of
from alerts.forecast.outlook import HORIZONS, look_ahead
from alerts.forecast.pool import Pool
from alerts.forecast.shape import PLAIN, Shape, measured

_ROUNDS = 200
_LEAST_SHARE = 0.005  # of a way that is worth its time
_ROWS, _COLUMNS = 4, 5  # of a shape

PERSON_WAYS = tuple(
    [
        Dynamics(own=own, swing=0.0, keep=0.5, day=day, noise=noise)
        for own, day, noise in product((0.06, 0.3, 1.0), (0.02, 0.15, 0.4), (0.45, 0.75))
    ]
    + [
        Dynamics(own=0.15, swing=swing, keep=keep, day=0.1, noise=noise)
        for (swing, keep), noise in product(((0.3, 0.7), (0.3, 0.9), (0.4, 0.96), (1.2, 0.985)), (0.45, 0.75))
    ]
)
CHANNEL_WAYS = tuple(
    Dynamics(own=own, swing=swing, keep=keep, day=day, noise=noise, rhythm=rhythm)
    for (own, swing, keep), day, noise, rhythm in product(
        ((0.05, 0.0, 0.5), (0.4, 0.0, 0.5), (0.1, 0.1, 0.8), (0.1, 0.5, 0.8), (0.1, 0.3, 0.95), (0.1, 1.0, 0.985)),
        (0.005, 0.03),
        (0.45, 0.75),
        (0.0, 0.05),
    )
)


class Case(NamedTuple):
    """A history that ends before `day`, and the mean scores (7,) seen after it; None where nothing was posted."""

    day: int
    history: Daily
    seen: Floats | None


def cases_of(series: Sequence[Daily], days: Sequence[int], ahead: int) -> Iterator[Case]:
    """All from which a forecast of so many days is made, on each of these days; the future is kept apart."""
    for day, each in product(days, series):
        history = seen_before(each, day)
        if too_little(history, day) is None:
            yield Case(day, history, seen_on(each, day, ahead))


def seen_on(series: Daily, day: int, ahead: int) -> Floats | None:
    """The mean of the daily means of those days that have posts."""
    found = series.before(day + ahead, ahead)
    return np.asarray(found.means.mean(axis=0)) if found.size else None


def fit_pool(
    ways: Sequence[Dynamics],
    learn: Sequence[Daily],
    widen: Sequence[Daily],
    days: Sequence[int],
    most: int,
    trust: float = 0.7,
) -> Pool:
    """Shares from `learn`, intervals from `widen` as forecast on these days; at most so many ways stay."""
    population = np.mean([each.means.mean(axis=0) for each in learn], axis=0).round(4)
    fits = trust * _fits(ways, learn, population)
    kept, shares = _commonest(fits, most)
    told = tuple(round(float(share), 4) for share in shares)
    pool = Pool(tuple(map(float, population)), tuple(ways[place] for place in kept), told, trust, (PLAIN, PLAIN))
    return replace(pool, shapes=tuple(_shape(pool, widen, days, ahead) for ahead in HORIZONS))


def _fits(ways: Sequence[Dynamics], learn: Sequence[Daily], population: Floats) -> Floats:
    """Log-likelihoods, (ways, subjects x 7)."""
    batch = batch_of(learn)
    return np.array(
        [follow(way, batch, centre_of(population, way.prior_variance), batch.last).fit.ravel() for way in ways]
    )


def _commonest(fits: Floats, most: int) -> tuple[Ints, Floats]:
    """The ways that explain everybody best together, and how common each is; the rarest goes until few stay."""
    kept = np.arange(len(fits))
    while True:
        shares = _shares(fits[kept])
        if len(kept) <= most and shares.min() >= _LEAST_SHARE:
            return kept, shares
        kept = np.delete(kept, np.argmin(shares))


def _shares(fits: Floats) -> Floats:
    """Expectation maximisation of a mixture with known parts."""
    chances = np.exp(fits - fits.max(axis=0))
    shares = np.full(len(fits), 1 / len(fits))
    for _ in range(_ROUNDS):
        joint = shares[:, None] * chances
        shares = (joint / joint.sum(axis=0)).mean(axis=1)
    return shares


def _shape(pool: Pool, series: Sequence[Daily], days: Sequence[int], ahead: int) -> Shape:
    """The intervals of one horizon, as wide as what came asks for."""
    parts = [_came(pool, list(cases_of(series, [day], ahead)), ahead) for day in days]
    seen, mean, variance = (np.concatenate(column).ravel() for column in zip(*parts, strict=True))
    return measured(seen, mean, variance, _ROWS, _COLUMNS)


def _came(pool: Pool, cases: Sequence[Case], ahead: int) -> tuple[Floats, Floats, Floats]:
    """What was seen, and the mean and variance foreseen, (cases, 7) each; all cases are of one day."""
    some = [case for case in cases if case.seen is not None]
    found = look_ahead(pool, [case.history for case in some], some[0].day, np.array(pool.population)).expected
    place = HORIZONS.index(ahead)
    return np.array([case.seen for case in some]), found.mean[:, place], found.variance[:, place]
