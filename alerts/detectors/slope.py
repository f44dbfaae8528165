"""How steeply a faded series climbs: a weighted straight line through the posts, kept in three sums."""

import math
from typing import NamedTuple

WEEK = 7.0  # days
NORMAL_95 = 1.959964


class Moments(NamedTuple):
    """Sums over posts of weight x age, weight x age squared and weight x age x value; ages are days, at most 0.

    All fade with the sums of weight and value that belong to them.

    >>> moments = Moments().aged(1.0, fade=1.0, weight=2.0, mass=1.0)
    >>> moments
    Moments(first=-2.0, second=2.0, product=-1.0)
    """

    first: float = 0.0
    second: float = 0.0
    product: float = 0.0

    def aged(self, days: float, fade: float, weight: float, mass: float) -> "Moments":
        """After `days` more; `weight` and `mass` are the sums before they faded. New posts have age 0."""
        return Moments(
            fade * (self.first - days * weight),
            fade * (self.second - 2 * days * self.first + days * days * weight),
            fade * (self.product - days * mass),
        )


def slope_per_week(
    moments: Moments, weight: float, squares: float, mass: float, variance: float
) -> tuple[float, float, float] | None:
    """The slope and the ends of its 95 % interval; None while all posts are of one moment.

    `variance` is that of one post; the weights enter as so many fewer posts (`squares / weight`).
    """
    spread = moments.second - moments.first**2 / weight
    if spread < 1e-3:
        return None
    slope = (moments.product - moments.first * mass / weight) / spread
    error = math.sqrt(variance * squares / weight / spread)
    return WEEK * slope, WEEK * (slope - NORMAL_95 * error), WEEK * (slope + NORMAL_95 * error)
