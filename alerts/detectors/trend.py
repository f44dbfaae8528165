"""A person's slow drift away from that person's own normal."""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

from pydantic import Field, ValidationInfo, field_validator, model_validator

from alerts.detectors.contributors import Contributors, explain
from alerts.detectors.days import Days
from alerts.detectors.quantised import all_quantised, all_restored
from alerts.detectors.slope import Moments, slope_per_week
from alerts.episode import CALM, Episode
from alerts.options import DAY, RuleOptions, seconds
from alerts.priors import ANY, shipped_priors
from alerts.types import Observation, Period

LAYOUT = 7  # raise it when the state's layout or the arithmetic changes: older states are then dropped
KEPT_POSTS = 4
LEAST_VARIANCE = 0.1
_THOUSAND = 1000.0


class TrendOptions(RuleOptions):
    """The numbers of a trend rule. The priors are a fixed snapshot of the population, never learned live."""

    detector: Literal["trend"] = "trend"
    subject: Literal["person"] = "person"
    prior: float | None = Field(default=None, gt=0, lt=1, description="one usual mean score for every language")
    priors: dict[str, float] = Field(default={}, description="the usual mean score by language; see fit-priors")
    gains: dict[str, float] = Field(default={}, description="by language, how many times scores are stretched")
    prior_posts: float = Field(default=10, ge=1, description="how many posts the prior counts for")
    fast_days: float = Field(default=10, gt=0, le=90)
    slow_days: float = Field(default=60, gt=0, le=3660)
    min_posts: float = Field(default=4, ge=1, description="least effective number of recent posts")
    min_days: int = Field(default=3, ge=1, le=3)
    min_baseline: float = Field(default=8, ge=0, description="least number of older posts to compare with")
    lift: float = Field(default=0.06, ge=0, lt=1, description="least rise of the mean score")
    day_posts: float = Field(default=3, ge=1, description="posts of one day that count in full")
    spread: float = Field(default=0.03, ge=0, lt=1, description="ordinary day-to-day wander of the mean")
    variance: float = Field(default=0.7, gt=0, le=1, description="of a stranger's posts, beside the most it could be")

    @model_validator(mode="before")
    @classmethod
    def _find_priors(cls, given: Any) -> Any:
        """One number for all languages, or a table; where neither is given, the shipped snapshot."""
        if not isinstance(given, dict) or given.get("priors"):
            return given
        if given.get("prior") is not None:
            return given | {"priors": {ANY: given["prior"]}}
        emotion, shipped = str(given.get("emotion")), shipped_priors()
        return given | {"priors": shipped.means(emotion), "gains": shipped.gains(emotion)}

    @field_validator("priors")
    @classmethod
    def _usable(cls, priors: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        own = info.data.get("prior", 0.0) is None  # else `prior` itself is judged
        if own and priors and (ANY not in priors or not all(0 < mean < 1 for mean in priors.values())):
            raise ValueError(f"it needs a mean score between 0 and 1 for each language, and one for {ANY!r}; add it")
        return priors

    @field_validator("gains")
    @classmethod
    def _moderate(cls, gains: dict[str, float]) -> dict[str, float]:
        if not all(0 < gain <= 10 for gain in gains.values()):
            raise ValueError("scores may be stretched up to ten times: give each language a number over 0, up to 10")
        return gains

    def centre(self, post: Observation) -> float:
        """What a post in that language usually scores."""
        return self.priors.get(post.language) or self.priors[ANY]

    def excess(self, post: Observation) -> float:
        """How far the post lies above that, stretched where its language's model says less; at most to 1."""
        centre = self.centre(post)
        gain = self.gains.get(post.language) or self.gains.get(ANY, 1.0)
        return min(gain * (post.scores[self.column] / _THOUSAND - centre), 1 - centre)


class Fast(NamedTuple):
    """Sums over recent posts that fade within days."""

    weight: float = 0.0
    squares: float = 0.0
    excess: float = 0.0
    centre: float = 0.0  # what such posts, in their languages, usually score together
    power: float = 0.0  # of the excess squared

    @property
    def effective(self) -> float:
        return self.weight**2 / self.squares if self.squares else 0.0

    @property
    def rise(self) -> float:
        """The mean above what is usual in the population."""
        return self.excess / self.weight


class Baseline(NamedTuple):
    """Sums over older posts that fade within months."""

    weight: float = 0.0
    excess: float = 0.0
    power: float = 0.0


class _Look(NamedTuple):
    """A period as the detector sees it, before it has learned from it."""

    period: Period
    at: int
    day: int
    weight: float  # of each post
    added: float  # the weights together
    excess: float  # of the period's posts together
    fast: Fast
    baseline: Baseline
    moments: Moments
    level: float  # the person's usual excess


class Trend:
    """How far the recent mean of an emotion lies above the person's baseline, in standard errors.

    The recent mean fades by half in `fast_days`, the baseline in `slow_days` (by time, never by post count).
    What fades from the recent mean moves into the baseline, so a drift does not hide in what it is compared
    with. Scores are read relative to what posts in their language usually score, stretched where its model
    is less sure. A young baseline is shrunk to what is usual, and its own uncertainty is part of the standard
    error, as is how much this person's older posts have varied.

    The statistic is 0 below the baseline and until there are `min_posts` effective posts on `min_days` days
    and, to begin with, `min_baseline` older ones. It is held under the threshold while the rise is under `lift`
    or one day alone makes it. The baseline does not learn while the rule is raised.

    >>> from alerts.types import Observation
    >>> from datetime import UTC, datetime, timedelta
    >>> options = TrendOptions(name="demo", emotion="fear", threshold=3, prior=0.1)
    >>> def hour(day, fear):
    ...     start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day)
    ...     post = Observation(str(uuid.UUID(int=day)), "p", start, (0, 0, 0, 0, fear, 0, 0))
    ...     return Period(start, start + timedelta(hours=1), (post,))
    >>> import uuid
    >>> trend = Trend(options)
    >>> for day in range(60):
    ...     trend.update(hour(day, fear=80))
    >>> trend.score(hour(60, fear=900)) < 3  # one bad day is no trend
    True
    >>> for day in range(60, 70):
    ...     trend.update(hour(day, fear=900))
    >>> trend.score(hour(70, fear=900)) > 3
    True
    """

    __slots__ = ("_look", "_options", "at", "baseline", "days", "episode", "fast", "moments", "posts")

    def __init__(self, options: TrendOptions, state: list[Any] | None = None) -> None:
        self._options = options
        self._look: _Look | None = None
        at, fast, baseline, moments, days, episode, posts = state or (0, (), (), (), None, (), None)
        half_life = options.fast_days * DAY
        self.at: int = at
        self.fast = Fast(*all_restored(fast))
        self.baseline = Baseline(*all_restored(baseline))
        self.moments = Moments(*all_restored(moments))
        self.days = Days(options.day_posts, half_life, days)
        self.episode = Episode(*episode)
        self.posts = Contributors(KEPT_POSTS, half_life, posts)

    def score(self, period: Period) -> float:
        """The statistic with this period's posts, against a baseline that has not seen them."""
        look = self._look_at(period)
        if not self._enough(look):
            return 0.0
        rise = look.fast.rise - look.level
        if rise <= 0:
            return 0.0
        statistic = rise * self._scale(look.fast, look.baseline)
        if statistic > self._options.held and (rise < self._options.lift or not self._holds_without_a_day(look)):
            statistic = self._options.held
        return round(statistic, 9)

    def update(self, period: Period) -> None:
        """Learn the period's posts; the baseline only while the rule is not raised."""
        look, posts, options = self._look_at(period), period.posts, self._options
        self.fast, self.moments, self.baseline = look.fast, look.moments, look.baseline
        self.at, self._look = look.at, None
        self.days.add(look.day, len(posts), look.added, look.excess)
        for post in posts:
            value = post.scores[options.column] / _THOUSAND
            self.posts.add(post.key, look.at, value, look.weight, value - options.excess(post))

    def evidence(self, statistic: float) -> dict[str, Any]:
        """Why, after `step` reported: recomputing from these numbers gives the statistic again."""
        fast, level = self.fast, self._level(self.baseline)
        scale, usual = self._scale(fast, self.baseline), fast.centre / fast.weight
        return {
            "baseline": round(usual + level, 9),
            "now": round(usual + fast.rise, 9),
            "effective_posts": round(fast.effective, 3),
            "baseline_posts": round(self.baseline.weight, 3),
            "standard_error": round(1 / scale, 12),
            "slope_per_week": self._slope(),
            **explain(self.posts, self.at, statistic, scale / fast.weight, level),
        }

    def to_state(self) -> list[Any]:
        """A short list that survives storage exactly: sums are rounded to what matters."""
        return [
            self.at,
            all_quantised(self.fast),
            all_quantised(self.baseline),
            all_quantised(self.moments),
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
        day, passed = (at - 1) // DAY, (at - self.at) / DAY if self.at else 0.0
        weight = self.days.weight(day, len(posts))
        above = [options.excess(post) for post in posts]
        count, excess = weight * len(posts), weight * sum(above)
        centre = weight * sum([options.centre(post) for post in posts])
        fade, old = 0.5 ** (passed / options.fast_days), self.fast
        fast = Fast(
            old.weight * fade + count,
            old.squares * fade * fade + count * weight,
            old.excess * fade + excess,
            old.centre * fade + centre,
            old.power * fade + weight * sum([value * value for value in above]),
        )
        moments = self.moments.aged(passed, fade, old.weight, old.excess)
        baseline = self._baseline_at(at, passed, 1 - fade)
        return _Look(period, at, day, weight, count, excess, fast, baseline, moments, self._level(baseline))

    def _baseline_at(self, at: int, passed: float, moving: float) -> Baseline:
        """The baseline after `passed` days: faded, and with what has left the recent sums meanwhile."""
        fade, (weight, excess, power), fast = 0.5 ** (passed / self._options.slow_days), self.baseline, self.fast
        moved = moving if self.episode.learns(at, self._options) else 0.0
        return Baseline(
            weight * fade + moved * fast.weight, excess * fade + moved * fast.excess, power * fade + moved * fast.power
        )

    def _level(self, baseline: Baseline) -> float:
        """The person's usual excess over the population, shrunk to none."""
        return baseline.excess / (baseline.weight + self._options.prior_posts)

    def _variance(self, fast: Fast, baseline: Baseline) -> float:
        """That of one post: of a share half-way between then and now, as far as this person's posts used it up.

        Half-way, because with a tiny baseline two unlucky posts would otherwise look like many standard errors.
        """
        usual, level = fast.centre / fast.weight, self._level(baseline)
        return self._used(baseline, _of_share(usual + level)) * _of_share(usual + (level + fast.rise) / 2)

    def _used(self, baseline: Baseline, most: float) -> float:
        """How much of the most that scores could vary older posts did vary; a stranger's is shrunk to the usual."""
        weight, prior = baseline.weight, self._options.prior_posts
        seen = (baseline.power - baseline.excess**2 / weight) / most if weight else 0.0
        return min(max((prior * self._options.variance + seen) / (prior + weight), LEAST_VARIANCE), 1.0)

    def _scale(self, fast: Fast, baseline: Baseline) -> float:
        """One over the standard error: of the recent mean, of the baseline, and of ordinary wandering."""
        parts = 1 / fast.effective + 1 / (baseline.weight + self._options.prior_posts)
        return 1 / math.sqrt(self._variance(fast, baseline) * parts + self._options.spread**2)

    def _slope(self) -> list[float] | None:
        """How the score climbs a week, and the ends of the 95 % interval."""
        fast = self.fast
        variance = self._variance(fast, self.baseline)
        found = slope_per_week(self.moments, fast.weight, fast.squares, fast.excess, variance)
        return [round(value, 4) for value in found] if found else None

    def _enough(self, look: _Look) -> bool:
        """Whether there is evidence. Older posts that fade while nothing is learned do not end an episode."""
        options = self._options
        young = look.baseline.weight < options.min_baseline and self.episode.phase == CALM
        if young or look.fast.effective < options.min_posts:
            return False
        return self.days.spans(look.day, options.min_days, within=4 * options.fast_days)

    def _holds_without_a_day(self, look: _Look) -> bool:
        """Whether the statistic still reaches the threshold when the worst day is left out."""
        out, out_excess = self.days.without_worst(look.day, look.added, look.excess, look.level)
        fast, weight = look.fast, look.fast.weight - out
        if weight < 0.1:
            return False
        share = weight / fast.weight
        rest = Fast(weight, fast.squares * share, fast.excess - out_excess, fast.centre * share)
        return (rest.rise - look.level) * self._scale(rest, look.baseline) >= self._options.threshold


def _of_share(share: float) -> float:
    """The variance of a share, the most that scores in 0..1 with this mean can have."""
    share = min(max(share, 0.02), 0.98)
    return share * (1 - share)
