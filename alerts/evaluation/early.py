"""Measures that ask how early as well as how well: ERDE and latency-weighted F1.

ERDE: Losada and Crestani, A Test Collection for Research on Depression and Language Use, CLEF 2016.
Latency-weighted F1: Sadeque, Xu and Bethard, Measuring the Latency of Depression Detection, WSDM 2018.
Both count a person's texts from the first one on; here they are counted from the onset of the change, because
nobody can find it before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from alerts.evaluation.matching import Outcome

_STEEP = 500.0  # beyond this, exp overflows and the cost is one anyway


def latency_cost(delay: float, center: float) -> float:
    """What a right alert costs that came after `delay`: half at `center`, soon nothing before and all after it.

    >>> latency_cost(5, 5), round(latency_cost(2, 5), 4), round(latency_cost(8, 5), 4)
    (0.5, 0.0474, 0.9526)
    """
    return 1 - 1 / (1 + math.exp(min(delay - center, _STEEP)))


def erde(outcomes: Sequence[Outcome], center: float, *, days: bool = False) -> float:
    """Early risk detection error, the mean cost of a person: 0 is perfect.

    A miss costs 1, a right alert its latency cost (in posts; with `days`, in days), somebody called for nothing
    the share of people who have something to find, as in the paper; everybody else nothing.
    """
    share = sum(each.planted for each in outcomes) / max(len(outcomes), 1)
    return sum(_cost(each, center, share, days) for each in outcomes) / max(len(outcomes), 1)


def _cost(outcome: Outcome, center: float, share: float, days: bool) -> float:
    if not outcome.planted:
        return share if outcome.false else 0.0
    if outcome.hit is None:
        return 1.0
    return latency_cost(outcome.delay_hours / 24 if days else outcome.delay_posts, center)


def latency_penalty(posts: float, half: float) -> float:
    """0 for the very first post, .5 when an alert took as many posts as a change usually has.

    >>> latency_penalty(1, 40), latency_penalty(40, 40)
    (0.0, 0.5)
    """
    rate = math.log(3) / max(half - 1, 1.0)
    return round(2 / (1 + math.exp(-rate * (posts - 1))) - 1, 12)


def latency_f1(outcomes: Sequence[Outcome], f1: float) -> float:
    """F1 times what the median alert's delay leaves of it; `half` is the median number of posts of a change."""
    delays = [each.delay_posts for each in outcomes if each.hit]
    if not delays:
        return 0.0
    half = median(each.posts_within for each in outcomes if each.planted)
    return f1 * (1 - latency_penalty(median(delays), half))
