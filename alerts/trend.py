"""A person's slow drift away from that person's own normal."""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

from pydantic import Field

from alerts.contributors import Contributors, explain
from alerts.days import Days
from alerts.episode import Episode
from alerts.options import DAY, RuleOptions, seconds
from alerts.types import Period

LAYOUT = 1  # raise it when the state's layout or the arithmetic changes: older states are then dropped
WITHOUT_A_DAY = 0.6  # share of the threshold that must stand when the worst day is left out
_THOUSAND = 1000.0


class TrendOptions(RuleOptions):
    """The numbers of a trend rule. The prior is a fixed snapshot of the population, never learned live."""

    detector: Literal["trend"] = "trend"
    subject: Literal["person"] = "person"
    prior: float = Field(gt=0, lt=1, description="the emotion's usual mean score in the population")
    prior_posts: float = Field(default=40, ge=1, description="how many posts the prior counts for")
    fast_days: float = Field(default=10, gt=0, le=90)
    slow_days: float = Field(default=60, gt=0, le=3660)
    min_posts: float = Field(default=4, ge=1, description="least effective number of recent posts")
    min_days: int = Field(default=3, ge=1, le=3)
    lift: float = Field(default=0.12, ge=0, lt=1, description="least rise of the mean score")
    day_posts: float = Field(default=3, ge=1, description="posts of one day that count in full")
    spread: float = Field(default=0.03, ge=0, lt=1, description="ordinary day-to-day wander of the mean")


Fast = tuple[float, float, float]  # sums that fade within days: weight, squared weights, mass


class _Look(NamedTuple):
    """A period as the detector sees it, before it has learned from it."""

    period: Period
    at: int
    day: int
    weight: float  # of each post
    added: float  # the weights together
    mass: float
    fast: Fast
    baseline: tuple[float, float]
    level: float


class Trend:
    """How far the recent mean of an emotion lies above the person's baseline, in standard errors.

    The recent mean fades by half in `fast_days`, the baseline in `slow_days` (by time, never by post count);
    a young baseline is shrunk to the population's. The statistic is 0 below the baseline and until there are
    `min_posts` effective posts on `min_days` days; it is held under the threshold while the rise is under
    `lift` or one day alone makes it. The baseline does not learn while the rule is raised.

    >>> from alerts.types import Observation
    >>> from datetime import UTC, datetime, timedelta
    >>> options = TrendOptions(name="demo", emotion="fear", threshold=3, prior=0.1)
    >>> def hour(day, fear):
    ...     start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day)
    ...     post = Observation(f"{day:032x}", "p", start, (0, 0, 0, 0, fear, 0, 0))
    ...     return Period(start, start + timedelta(hours=1), (post,))
    >>> trend = Trend(options)
    >>> for day in range(60):
    ...     trend.update(hour(day, fear=80))
    >>> trend.score(hour(60, fear=900)) < 3  # one bad day is no trend
    True
    >>> for day in range(60, 68):
    ...     trend.update(hour(day, fear=900))
    >>> trend.score(hour(68, fear=900)) > 3
    True
    """

    __slots__ = ("_look", "_options", "at", "baseline", "days", "episode", "fast", "posts")

    def __init__(self, options: TrendOptions, state: list[Any] | None = None) -> None:
        self._options = options
        self._look: _Look | None = None
        at, fast, baseline, days, episode, posts = state or (0, (0.0, 0.0, 0.0), (0.0, 0.0), None, (), None)
        half_life = options.fast_days * DAY
        self.at: int = at
        self.fast: Fast = tuple(fast)
        self.baseline: tuple[float, float] = tuple(baseline)  # weight, mass
        self.days = Days(options.day_posts, half_life, days)
        self.episode = Episode(*episode)
        self.posts = Contributors(5, half_life, posts)

    def score(self, period: Period) -> float:
        """The statistic with this period's posts, against a baseline that has not seen them."""
        look = self._look_at(period)
        fast, level = look.fast, look.level
        if not self._enough(fast, look.day):
            return 0.0
        rise = fast[2] / fast[0] - level
        if rise <= 0:
            return 0.0
        statistic = rise * self._scale(fast, level)
        if rise < self._options.lift or not self._holds_without_a_day(look):
            statistic = min(statistic, self._options.held)
        return round(statistic, 9)

    def update(self, period: Period) -> None:
        """Learn the period's posts; the baseline only while the rule is not raised."""
        look, posts = self._look_at(period), period.posts
        self.fast, self.baseline, self.at, self._look = look.fast, look.baseline, look.at, None
        if self.episode.learns(look.at, self._options):
            self.baseline = (look.baseline[0] + look.added, look.baseline[1] + look.mass)
        self.days.add(look.day, len(posts), look.added, look.mass)
        column = self._options.column
        for post in posts:
            self.posts.add(post.key, look.at, post.scores[column] / _THOUSAND, look.weight)

    def evidence(self, statistic: float) -> dict[str, Any]:
        """Why, after `step` reported: recomputing from these numbers gives the statistic again."""
        level = self._level(self.baseline)
        scale = self._scale(self.fast, level)
        return {
            "baseline": round(level, 6),
            "now": round(self.fast[2] / self.fast[0], 6),
            "effective_posts": round(self.fast[0] ** 2 / self.fast[1], 3),
            "baseline_posts": round(self.baseline[0], 3),
            "standard_error": round(1 / scale, 9),
            **explain(self.posts, self.at, statistic, scale / self.fast[0], level),
        }

    def to_state(self) -> list[Any]:
        """A small list that survives JSON exactly: sums are rounded to what matters."""
        return [
            self.at,
            [round(value, 5) for value in self.fast],
            [round(value, 5) for value in self.baseline],
            self.days.to_state(),
            self.episode.to_state(),
            self.posts.entries,
        ]

    def _look_at(self, period: Period) -> _Look:
        """What the period makes of the sums; worked out once for `score` and `update`."""
        if self._look is None or self._look.period is not period:
            self._look = self._work_out(period)
        return self._look

    def _work_out(self, period: Period) -> _Look:
        options, posts = self._options, period.posts
        at = max(self.at, seconds(period.end))  # time that runs backwards stands still
        day, column, passed = (at - 1) // DAY, options.column, (at - self.at) / DAY
        weight = self.days.weight(day, len(posts))
        count, mass = weight * len(posts), weight * sum([post.scores[column] for post in posts]) / _THOUSAND
        fade, (total, squares, mass_before) = 0.5 ** (passed / options.fast_days), self.fast
        fast = (total * fade + count, squares * fade * fade + count * weight, mass_before * fade + mass)
        fade, (slow, slow_mass) = 0.5 ** (passed / options.slow_days), self.baseline
        baseline = (slow * fade, slow_mass * fade)
        return _Look(period, at, day, weight, count, mass, fast, baseline, self._level(baseline))

    def _level(self, baseline: tuple[float, float]) -> float:
        prior_posts = self._options.prior_posts
        return (baseline[1] + prior_posts * self._options.prior) / (baseline[0] + prior_posts)

    def _scale(self, fast: Fast, level: float) -> float:
        """One over the standard error.

        The variance is that of a share half-way between then and now, the largest that scores in 0..1 can
        have: with a tiny baseline, two unlucky posts would otherwise look like many standard errors.
        """
        middle = min(max((level + fast[2] / fast[0]) / 2, 0.02), 0.98)
        noise = middle * (1 - middle) * (fast[1] / fast[0] ** 2)
        return 1 / math.sqrt(noise + self._options.spread**2)

    def _enough(self, fast: Fast, day: int) -> bool:
        options = self._options
        if not fast[0] or fast[0] ** 2 < options.min_posts * fast[1]:
            return False
        return self.days.spans(day, options.min_days, within=4 * options.fast_days)

    def _holds_without_a_day(self, look: _Look) -> bool:
        """Whether the rise still shows when the worst day is left out."""
        out, out_mass = self.days.without_worst(look.day, look.added, look.mass, look.level)
        weight, mass = look.fast[0] - out, look.fast[2] - out_mass
        if weight < 0.1:
            return False
        rest = (weight, look.fast[1] * weight / look.fast[0], mass)
        return (mass / weight - look.level) * self._scale(rest, look.level) >= self._options.threshold * WITHOUT_A_DAY
