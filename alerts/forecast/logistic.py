"""Means of a logistic curve under a normal distribution: a level lives on the logit scale, a score in 0 to 1."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from alerts.forecast.daily import Floats

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
_SHARES = _WEIGHTS / _WEIGHTS.sum()
_LEAST_VARIANCE = 1e-9


class Moments(NamedTuple):
    """Of p = logistic(level): its mean, its variance, and the mean of p (1 - p), which is also the mean slope."""

    mean: Floats
    variance: Floats
    slope: Floats


def moments(level: Floats, variance: Floats) -> Moments:
    """Of logistic(N(level, variance)), by five Gauss–Hermite nodes.

    >>> found = moments(np.array([-2.0]), np.array([0.5]))
    >>> [round(float(each[0]), 3) for each in found]
    [0.138, 0.007, 0.112]
    """
    chances = expit(level[..., None] + np.sqrt(variance)[..., None] * _NODES)
    mean, square = chances @ _SHARES, (chances * chances) @ _SHARES
    return Moments(mean, np.maximum(square - mean * mean, _LEAST_VARIANCE), mean - square)


def centre_of(mean: Floats, variance: float) -> Floats:
    """The level whose logistic has this mean under so much variance; by halving.

    >>> bool(abs(moments(centre_of(np.array([0.1]), 0.7), np.array([0.7])).mean[0] - 0.1) < 1e-9)
    True
    """
    low, high = np.full(mean.shape, -14.0), np.full(mean.shape, 14.0)
    for _ in range(60):
        middle = (low + high) / 2
        below = moments(middle, np.full(mean.shape, variance)).mean < mean
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)
