"""What one person's days add up to, so that no single day can raise an alert by itself."""

import math
from collections.abc import Sequence
from typing import Any

from alerts.detectors.quantised import quantised, restored
from alerts.options import DAY

_EMPTY = (0, 0, 0)


class Days:
    """The last distinct days, today's sums, and the heaviest other day, all fading at one rate.

    The `cap`-th post of a day and those before it count in full; later ones count ever less, because ten
    posts in one evening are one evening.

    >>> days = Days(cap=2, half_life=7 * DAY)
    >>> [days.weight(day=1, posts=1), days.weight(day=1, posts=4)]
    [1.0, 0.5]
    """

    __slots__ = ("_cap", "_rate", "heaviest", "recent", "today", "today_posts")

    def __init__(self, cap: float, half_life: float, state: list[Any] | None = None) -> None:
        self._cap = cap
        self._rate = math.log(2) / half_life * DAY
        recent, posts, today, heaviest = state or ([], 0, _EMPTY, _EMPTY)
        self.recent: list[int] = recent  # the last three distinct days, oldest first
        self.today_posts: int = posts
        self.today = _restored(today)
        self.heaviest = _restored(heaviest)  # (day, weight, mass) as of that day

    def weight(self, day: int, posts: int) -> float:
        """How much each of `posts` more posts on `day` counts."""
        count = posts + (self.today_posts if day == self.today[0] else 0)
        return 1.0 if count <= self._cap else self._cap / count

    def spans(self, day: int, least: int, within: float) -> bool:
        """Whether the last `least` distinct days, counting `day`, all lie `within` so many days."""
        days = self.recent if day == self.today[0] else [*self.recent, day]
        return len(days) >= least and day - days[-least] <= within

    def without_worst(self, day: int, weight: float, mass: float, level: float) -> tuple[float, float]:
        """The weight and mass to take away to leave out the day that lies highest above `level`.

        `weight` and `mass` are those that `day` is about to gain.
        """
        now = self._joined(day, weight, mass)
        worst = max((now, self._rival(day)), key=lambda each: self._excess(each, day, level))
        fade = math.exp(-self._rate * (day - worst[0]))
        return worst[1] * fade, worst[2] * fade

    def add(self, day: int, posts: int, weight: float, mass: float) -> None:
        """Learn one period's posts."""
        if day != self.today[0]:
            self.heaviest, self.today_posts = self._rival(day), 0
            self.recent = [*self.recent[-2:], day]
        self.today_posts += posts
        self.today = self._joined(day, weight, mass)

    def to_state(self) -> list[Any]:
        return [self.recent, self.today_posts, _rounded(self.today), _rounded(self.heaviest)]

    def _joined(self, day: int, weight: float, mass: float) -> tuple[int, float, float]:
        if day != self.today[0]:
            return (day, weight, mass)
        return (day, self.today[1] + weight, self.today[2] + mass)

    def _rival(self, day: int) -> tuple[int, float, float]:
        """The heaviest day other than `day`."""
        if day == self.today[0]:
            return self.heaviest
        return max((self.heaviest, self.today), key=lambda each: self._excess(each, day, 0.0))

    def _excess(self, each: tuple[int, float, float], day: int, level: float) -> float:
        return (each[2] - level * each[1]) * math.exp(-self._rate * (day - each[0]))


def _rounded(day: tuple[int, float, float]) -> list[int]:
    return [day[0], quantised(day[1]), quantised(day[2])]


def _restored(day: Sequence[int]) -> tuple[int, float, float]:
    return day[0], restored(day[1]), restored(day[2])
