"""How often people to whom nothing happens reach a statistic: a fixed snapshot, like the priors."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from statistics import fmean

from pydantic import BaseModel, ConfigDict, Field

SHIPPED = "null.toml"
ANY = "any"
YEAR = 365.25
_CHANCE = 0.1  # the likeliest chance that is told apart from one in one
_LEAST = 8  # person-days in the tail that a point of the line must rest on
_STEPS = 24


class Line(BaseModel):
    """An exponential tail: of the statistic s, log10(rate) = level - slope * s. Beyond `high` it is continued.

    >>> Line(level=1.0, slope=1.0, low=2.0, high=5.0).rate(4.0)
    0.001
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: float
    slope: float = Field(gt=0)
    low: float = Field(ge=0, description="the smallest statistic it was fitted on")
    high: float

    def rate(self, statistic: float) -> float:
        """1 under the range; never more than that."""
        return min(1.0, 10 ** (self.level - self.slope * statistic)) if statistic >= self.low else 1.0


class Null(BaseModel):
    """What chance alone does to one kind of rule: on a day in which a person posted, and to alerts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    detector: str
    emotion: str
    days: Line  # share of person-days whose largest statistic reaches s
    alerts: Line  # alerts per person-day of a rule with threshold s
    active_days: float = Field(gt=0, description="days a year on which such a person posted")

    @property
    def floor(self) -> float:
        """Below this a statistic says nothing and need not be kept."""
        return self.days.low

    def p_value(self, statistic: float) -> float:
        """The chance that somebody unchanged reaches this on one day."""
        return self.days.rate(statistic)

    def false_alerts_per_day(self, threshold: float) -> float:
        """Per person who posted that day."""
        return self.alerts.rate(threshold)

    def false_alerts_per_year(self, threshold: float) -> float:
        """Per person."""
        return self.alerts.rate(threshold) * self.active_days


class _Snapshot(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    fitted: str
    nulls: list[Null]


def null_of(detector: str, emotion: str) -> Null | None:
    """What was measured for such a rule, if anything was.

    >>> null_of("trend", "sadness").p_value(9.0) < 0.001, null_of("level", "sadness")
    (True, None)
    """
    found = _shipped()
    return found.get((detector, emotion)) or found.get((detector, ANY))


@cache
def _shipped() -> dict[tuple[str, str], Null]:
    text = files("alerts").joinpath(SHIPPED).read_text(encoding="utf-8")
    return {(null.detector, null.emotion): null for null in _Snapshot.model_validate(tomllib.loads(text)).nulls}


def fit_line(largest: Sequence[float], days: int) -> Line:
    """The line through the upper tail of the largest statistics of `days` person-days; the rest were lower.

    >>> import random
    >>> rng = random.Random(1)
    >>> line = fit_line([rng.expovariate(2.3) for _ in range(20000)], days=20000)
    >>> round(line.slope, 1), round(line.level, 1)
    (1.0, 0.0)
    """
    ordered = sorted(largest, reverse=True)
    most, least = min(len(ordered), round(_CHANCE * days)), _LEAST
    steps = [round(least * (most / least) ** (step / _STEPS)) for step in range(_STEPS + 1)]
    points = [(ordered[count - 1], math.log10(count / days)) for count in sorted(set(steps))]
    return line_through(points)


def line_through(points: Sequence[tuple[float, float]]) -> Line:
    """Least squares through (statistic, log10 of the rate)."""
    x, y = fmean(s for s, _ in points), fmean(rate for _, rate in points)
    slope = sum((s - x) * (rate - y) for s, rate in points) / sum((s - x) ** 2 for s, _ in points)
    low, high = min(s for s, _ in points), max(s for s, _ in points)
    return Line(level=round(y - slope * x, 4), slope=round(-slope, 4), low=round(low, 3), high=round(high, 3))
