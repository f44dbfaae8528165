"""What all textbook charts share: a statistic that follows a sequence of numbers in constant space."""

import math
from typing import Any


class Chart:
    """A statistic that each value moves: it fades, something is added, and it never falls under a floor.

    `score` only looks, `update` takes the value, and `learn` teaches the baseline of those charts that have
    one; a caller that must not learn from an anomaly leaves that out. `ceiling` bounds how far a long anomaly
    can carry the statistic, so that it comes down again in bounded time; above the threshold it changes no
    run length.
    """

    fade = 1.0  # what one step leaves of the statistic
    floor = 0.0

    def __init__(self, statistic: float = 0.0, ceiling: float = math.inf) -> None:
        self.statistic = statistic
        self.ceiling = ceiling

    def added(self, value: float) -> float:
        """What this value would add to the statistic, before floor and ceiling."""
        raise NotImplementedError

    def score(self, value: float) -> float:
        """The statistic if this value came next. Nothing is kept."""
        return min(self.ceiling, max(self.floor, self.fade * self.statistic + self.added(value)))

    def update(self, value: float) -> None:
        """Take this value."""
        self.statistic = self.score(value)

    def learn(self, value: float) -> None:
        """Teach the baseline; this chart has none unless it says so."""

    def step(self, value: float) -> float:
        """The textbook's step: take the value, learn it, and tell the statistic."""
        self.update(value)
        self.learn(value)
        return self.statistic

    def restart(self) -> None:
        """Forget what was gathered, not what was learned."""
        self.statistic = 0.0

    def to_state(self) -> list[Any]:
        """Short whole numbers: the statistic in millionths."""
        return [round(self.statistic * MILLION)]


MILLION = 1_000_000
