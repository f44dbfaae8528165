"""Whether a day's input differs from the days before by more than chance, and from the training rows by much.

A figure is a mean over people's days: each person's posts of a day are averaged first, so that one account weighs as
one, however much it posts. Days differ from each other by more than the draw of people explains (weekends, news);
so a day is compared with how far the days of the past weeks lie apart.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr

PAST = 28
"""Days that a day is compared with."""

LEAST_DAYS, LEAST_PEOPLE = 7, 20
"""With fewer nothing is said."""

_ROBUST = 1.4826  # a normal spread, from the median distance
_MEDIAN = math.pi / 2  # how much less sure a median is than a mean
_RARE = 0.001  # a share is never taken to be less: PSI would be without bounds
LIMIT = 0.25
"""From this stability index on two mixes are called different; .1 is a little."""


class Figure(NamedTuple):
    """A mean over the days of `people`, and how far these lie apart (standard deviation)."""

    people: int
    mean: float
    spread: float

    @property
    def chance(self) -> float:
        """The variance of the mean, by the draw of people."""
        return self.spread**2 / self.people if self.people else math.inf


class Difference(NamedTuple):
    """The usual level, how far the last day (or two) lies from it, and the chance of as much without any change."""

    usual: float
    by: float
    p: float


def against_the_past(today: Figure, past: Sequence[Figure]) -> Difference | None:
    """Today alone, and today with yesterday, against the days before; None where too little is known.

    Two days together show half of what one must show. Having looked twice is paid for: the smaller p counts double.
    """
    known = [figure for figure in past if figure.people >= LEAST_PEOPLE][-PAST:]
    if today.people < LEAST_PEOPLE or len(known) < LEAST_DAYS:
        return None
    alone = _difference([today], known)
    if len(known) == LEAST_DAYS:
        return alone._replace(p=min(1.0, 2 * alone.p))
    together = _difference([known[-1], today], known[:-1])
    least = min(alone, together, key=lambda found: found.p)
    return least._replace(usual=alone.usual, p=min(1.0, 2 * least.p))


def _difference(latest: Sequence[Figure], past: Sequence[Figure]) -> Difference:
    means = np.array([figure.mean for figure in past])
    usual = float(np.median(means))
    drawn = float(np.median([figure.chance for figure in past]))
    between = max(0.0, (_ROBUST * float(np.median(np.abs(means - usual)))) ** 2 - drawn)
    by = float(np.mean([figure.mean for figure in latest])) - usual
    variance = sum(between + figure.chance for figure in latest) / len(latest) ** 2
    variance += _MEDIAN * (between + drawn) / len(past)
    if variance == 0:
        return Difference(usual, by, 1.0 if by == 0 else 0.0)
    freedom = max(3.0, (len(past) - 1) / 2)  # a median distance knows as much as half as many days would
    return Difference(usual, by, float(2 * stdtr(freedom, -abs(by) / math.sqrt(variance))))


def stability_index(shares: Mapping[str, float], usual: Mapping[str, float]) -> float:
    """PSI: 0 where two mixes are the same.

    >>> round(stability_index({"joy": 0.5, "fear": 0.5}, {"joy": 0.5, "fear": 0.5}), 3)
    0.0
    >>> round(stability_index({"joy": 0.2, "fear": 0.8}, {"joy": 0.5, "fear": 0.5}), 3)
    0.416
    """
    pairs = [(max(shares.get(name, 0.0), _RARE), max(usual.get(name, 0.0), _RARE)) for name in {*shares, *usual}]
    return sum((now - then) * math.log(now / then) for now, then in pairs)
