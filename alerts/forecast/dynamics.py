"""How a level may move from day to day: a few numbers, and what follows from them.

All parts come and go around the population's level, so a gap of any length has a closed form and a long silence
leads back to the population. A damped slope was tried as a further part and foresaw nothing better.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alerts.forecast.daily import Floats, Ints

WEEK = 7
_OWN_KEEP = 0.998  # a subject's own level fades into the population's with a half-life of a year
_RHYTHM_KEEP = 0.999


@dataclass(frozen=True)
class Dynamics:
    """Variances on the logit scale, and what is kept from one day to the next (0 to 1).

    The state is (own level, swing), and with a rhythm one effect for each day of the week.

    >>> restless = Dynamics(own=0.1, swing=0.4, keep=0.8, day=0.02, noise=0.6)
    >>> restless.shocks(np.array([1, 30])).round(3)
    array([[0.   , 0.144],
           [0.011, 0.4  ]])
    """

    own: float  # variance of a subject's own level around the population's
    swing: float  # variance of what comes and goes
    keep: float
    day: float  # variance of a single day's mood, gone the next day
    noise: float  # variance of one post's score, as a share of level x (1 - level)
    rhythm: float = 0.0  # variance of the effect of a day of the week

    @property
    def size(self) -> int:
        return 2 + (WEEK if self.rhythm else 0)

    @cached_property
    def spread(self) -> Floats:
        """The variance of each part of a state of which nothing is known, (size,)."""
        return np.array([self.own, self.swing] + [self.rhythm] * (self.size - 2))

    @cached_property
    def keeps(self) -> Floats:
        return np.array([_OWN_KEEP, self.keep] + [_RHYTHM_KEEP] * (self.size - 2))

    def kept(self, days: Ints) -> Floats:
        """What is left of each part after so many days, (days, size)."""
        return np.asarray(self.keeps ** days[:, None])

    def shocks(self, days: Ints) -> Floats:
        """The variance that so many days add to each part, (days, size)."""
        return np.asarray(self.spread * (1 - self.kept(2 * days)))

    @cached_property
    def seen(self) -> Floats:
        """Which part of a state shows on each day of the week, (7, size)."""
        found = np.ones((WEEK, self.size))
        if self.rhythm:
            found[:, 2:] = np.eye(WEEK)
        return found

    @cached_property
    def prior_variance(self) -> float:
        """Of one day's level when nothing is known."""
        return float(self.seen[0] @ self.spread) + self.day

    def ahead(self, weekday: int, days: int) -> tuple[Floats, float]:
        """The mean level of so many days from a weekday on.

        Its weights (size,) on the state of the first of them, and the variance that the shocks between them add.
        """
        seen = self.seen[(weekday + np.arange(days)) % WEEK]  # (days, size)
        weights = (seen * self.kept(np.arange(days))).mean(axis=0)
        added = [self._shared(seen, one, other) for one in range(days) for other in range(days)]
        return weights, sum(added) / days**2

    def _shared(self, seen: Floats, one: int, other: int) -> float:
        """The covariance that shocks bring to the levels of two days ahead."""
        early, apart = min(one, other), abs(one - other)
        common = self.spread * (1 - self.keeps ** (2 * early)) * self.keeps**apart
        return float((seen[one] * seen[other] * common).sum())
