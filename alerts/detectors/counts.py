"""Counts made comparable, and a slow level that a burst cannot teach."""

from __future__ import annotations

import math

_MEAN_TO_DEVIATION = 1.2533  # a normal variable's standard deviation over its mean absolute deviation


def steady(value: float) -> float:
    """Twice the root: the chance noise of a count has then a deviation of about one, at any height.

    Values below zero are mirrored, so that any series may be given.

    >>> [round(steady(count + 20 ** 0.5) - steady(count), 1) for count in (20, 20.0)]
    [0.9, 0.9]
    >>> steady(-4.0) == -steady(4.0), steady(0.0)
    (True, 0.0)
    """
    root = 2 * (math.sqrt(abs(value) + 0.375) - _AT_ZERO)
    return root if value >= 0 else -root


_AT_ZERO = math.sqrt(0.375)


class Level:
    """A slow robust mean and deviation, each learned in constant time.

    A value teaches at most `clip` deviations, whatever its size; who uses the level decides what not to teach at
    all. What was learned fades by the factor that the caller gives, so it may be one of time or of count. The
    first dozen values are clipped little, for the deviation is hardly known.

    >>> level = Level()
    >>> for value in [9.0, 11.0] * 50 + [1000.0] * 3:
    ...     level.update(value, fade=0.99)
    >>> 10 < level.mean < 10.2, 0.9 < level.deviation < 1.5
    (True, True)
    """

    __slots__ = ("_clip", "_spread", "mean", "weight")

    def __init__(self, clip: float = 2.0) -> None:
        self._clip = clip
        self.weight, self.mean = 0.0, 0.0
        self._spread = 0.0  # mean absolute deviation

    @property
    def deviation(self) -> float:
        return _MEAN_TO_DEVIATION * self._spread

    def update(self, value: float, fade: float = 1.0) -> None:
        """Learn a value after what is known has faded."""
        self.weight = self.weight * fade + 1
        off = value - self.mean
        if self.weight < 2:
            self.mean = value
            return
        most = self.deviation * self._clip * (1 + 20 / self.weight**2) if self._spread or self.weight > 12 else abs(off)
        kept = min(max(off, -most), most)
        self.mean += kept / self.weight
        self._spread += (abs(kept) - self._spread) / (self.weight - 1)
