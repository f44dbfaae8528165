"""From a mean and a variance to an interval: a beta distribution, its levels corrected by what was measured.

A score is mostly near 0 or near 1, and so is the mean of a day with one post, which no beta distribution quite is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv

from alerts.forecast.daily import Floats

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
"""Of the quantiles that are told: the ends of 95 %, of 80 %, and the middle."""

_EDGE = 1e-4
_THOUSAND = 1000
_NARROWEST, _WIDEST = 1e-6, 0.97  # of a variance, as a share of mean x (1 - mean)


@dataclass(frozen=True)
class Row:
    """Near one mean, which level of the beta distribution stands for each of `LEVELS`, by dispersion."""

    mean: float
    dispersions: tuple[float, ...]  # ascending
    levels: tuple[tuple[float, ...], ...]  # for each of LEVELS, one at each dispersion

    def at(self, dispersion: Floats) -> Floats:
        """(..., 5), in between on a logarithmic scale."""
        place, knots = np.log(dispersion), np.log(self.dispersions)
        return np.stack([np.interp(place, knots, each) for each in self.levels], axis=-1)


@dataclass(frozen=True)
class Shape:
    """The corrected levels at several means, ascending."""

    rows: tuple[Row, ...]

    def quantiles(self, mean: Floats, variance: Floats) -> Floats:
        """(..., 5), ascending, in 0 to 1.

        >>> PLAIN.quantiles(np.array(0.5), np.array(0.05)).round(2)
        array([0.09, 0.2 , 0.5 , 0.8 , 0.91])
        """
        levels = self._levels(mean, dispersion(mean, variance))
        one, other = _beta(mean, variance)
        found = np.nan_to_num(betaincinv(one[..., None], other[..., None], np.clip(levels, 0.0, 1.0)))
        return np.clip(np.maximum.accumulate(found, axis=-1), 0.0, 1.0)

    def _levels(self, mean: Floats, spread: Floats) -> Floats:
        """Between the two rows whose means are nearest, on a logarithmic scale."""
        knots = np.log([row.mean for row in self.rows])
        place = np.interp(np.log(np.clip(mean, _EDGE, 1.0)), knots, np.arange(len(knots)))
        corrected = np.stack([row.at(spread) for row in self.rows])  # (rows, ..., 5)
        weights = np.maximum(0.0, 1 - np.abs(place - np.arange(len(knots)).reshape(-1, *[1] * place.ndim)))
        return np.asarray((corrected * weights[..., None]).sum(axis=0))


PLAIN = Shape((Row(0.5, (1.0,), tuple((level,) for level in LEVELS)),))
"""The beta distribution as it is."""


def dispersion(mean: Floats, variance: Floats) -> Floats:
    """How near to all-or-nothing: 1 is a single toss of a coin."""
    inside = np.clip(mean, _EDGE, 1 - _EDGE)
    return np.asarray(np.clip(variance / (inside * (1 - inside)), _NARROWEST, _WIDEST))


def measured(values: Floats, mean: Floats, variance: Floats, rows: int, columns: int) -> Shape:
    """The shape under which every interval holds on these values (cases,), cut by mean and then by dispersion."""
    cut = np.array_split(np.argsort(mean, kind="stable"), rows)
    return Shape(tuple(_row(values[each], mean[each], variance[each], columns) for each in cut))


def _row(values: Floats, mean: Floats, variance: Floats, columns: int) -> Row:
    spread = dispersion(mean, variance)
    pieces = np.array_split(np.argsort(spread, kind="stable"), columns)
    knots = tuple(round(float(np.median(spread[piece])), 5) for piece in pieces)
    levels = zip(*(_levels(values[piece], mean[piece], variance[piece]) for piece in pieces), strict=True)
    return Row(round(float(np.median(mean)), 4), knots, tuple(levels))


def _levels(values: Floats, mean: Floats, variance: Floats) -> list[float]:
    """Tails are equal, unless less lies below than may: an interval from 0 on has all that it misses above."""
    one, other = _beta(mean, variance)
    places = betainc(one, other, np.clip(values, 0.0, 1.0))
    found = {0.5: float(np.quantile(places, 0.5))}
    for tail in LEVELS[:2]:
        found[tail] = float(np.quantile(places, tail))
        below = float((values < down(betaincinv(one, other, found[tail]))).mean())
        found[1 - tail] = float(np.quantile(places, 1 - (2 * tail - min(below, tail))))
    return [round(found[level], 4) for level in sorted(found)]


def down(values: Floats) -> Floats:
    """To the thousandth below: scores are stored so."""
    return np.asarray(np.floor(values * _THOUSAND) / _THOUSAND)


def up(values: Floats) -> Floats:
    return np.asarray(np.ceil(values * _THOUSAND) / _THOUSAND)


def _beta(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    inside = np.clip(mean, _EDGE, 1 - _EDGE)
    total = 1 / dispersion(mean, variance) - 1
    return inside * total, (1 - inside) * total
