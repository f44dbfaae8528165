"""The plain rule: a recent mean that stands above a fixed level."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from pydantic import Field

from alerts.detectors.contributors import Contributors, explain
from alerts.detectors.days import Days
from alerts.detectors.quantised import all_quantised, all_restored
from alerts.episode import Episode
from alerts.options import DAY, RuleOptions, seconds
from alerts.types import Period

LAYOUT = 2
KEPT_POSTS = 3
_THOUSAND = 1000.0


class LevelOptions(RuleOptions):
    """The numbers of a level rule; `threshold` is the mean score itself."""

    detector: Literal["level"] = "level"
    threshold: float = Field(gt=0, lt=1)
    leave: float = Field(default=0.8, ge=0.25, lt=1)
    days: float = Field(default=14, gt=0, le=366, description="half-life of the mean")
    min_posts: float = Field(default=12, ge=1, description="least effective number of posts")
    min_days: int = Field(default=3, ge=1, le=3)
    day_posts: float = Field(default=3, ge=1, description="posts of one day that count in full")


class _Look(NamedTuple):
    """A period as the detector sees it, before it has learned from it."""

    period: Period
    at: int
    day: int
    weight: float  # of each post
    sums: tuple[float, ...]


class Level:
    """The time-decayed mean of an emotion, whoever the person is. No baseline, so it says nothing of change.

    0 until there are `min_posts` effective posts on `min_days` days.

    >>> from datetime import UTC, datetime, timedelta
    >>> from alerts.types import Observation
    >>> options = LevelOptions(name="demo", subject="person", emotion="joy", threshold=0.6, min_posts=4)
    >>> level = Level(options)
    >>> for day in range(6):
    ...     start = datetime(2024, 1, 1 + day, tzinfo=UTC)
    ...     post = Observation(f"{day:032x}", "p", start, (0, 800, 0, 0, 0, 0, 0))
    ...     period = Period(start, start + timedelta(hours=1), (post,))
    ...     score = level.score(period)
    ...     level.update(period)
    >>> score
    0.8
    """

    __slots__ = ("_look", "_options", "at", "days", "episode", "posts", "sums")

    def __init__(self, options: LevelOptions, state: list[Any] | None = None) -> None:
        self._options = options
        self._look: _Look | None = None
        at, sums, days, episode, posts = state or (0, (0, 0, 0), None, (), None)
        self.at: int = at
        self.sums = tuple(all_restored(sums))  # weight, squared weights, mass
        self.days = Days(options.day_posts, options.days * DAY, days)
        self.episode = Episode(*episode)
        self.posts = Contributors(KEPT_POSTS, options.days * DAY, posts)

    def score(self, period: Period) -> float:
        """The mean with this period's posts; 0 where there is too little to say."""
        look = self._look_at(period)
        total, squares, mass = look.sums
        enough = total > 0 and total**2 >= self._options.min_posts * squares
        if not enough or not self.days.spans(look.day, self._options.min_days, within=4 * self._options.days):
            return 0.0
        return round(mass / total, 9)

    def update(self, period: Period) -> None:
        """Learn the period's posts."""
        look, column = self._look_at(period), self._options.column
        self.sums, self.at, self._look = look.sums, look.at, None
        self.days.add(look.day, len(period.posts), 0.0, 0.0)
        for post in period.posts:
            self.posts.add(post.key, look.at, post.scores[column] / _THOUSAND, look.weight)

    def evidence(self, statistic: float) -> dict[str, Any]:
        """Why, after `step` reported."""
        return {
            "now": statistic,
            "effective_posts": round(self.sums[0] ** 2 / self.sums[1], 3),
            **explain(self.posts, self.at, statistic, 1 / self.sums[0], level=0.0),
        }

    def to_state(self) -> list[Any]:
        """A small list that survives storage exactly."""
        sums = all_quantised(self.sums)
        return [self.at, sums, self.days.to_state(), self.episode.to_state(), self.posts.entries]

    def _look_at(self, period: Period) -> _Look:
        """What the period makes of the sums; worked out once for `score` and `update`."""
        if self._look is None or self._look.period is not period:
            self._look = self._work_out(period)
        return self._look

    def _work_out(self, period: Period) -> _Look:
        posts, column = period.posts, self._options.column
        at = max(self.at, seconds(period.end))  # time that runs backwards stands still
        day, fade = (at - 1) // DAY, 0.5 ** ((at - self.at) / (self._options.days * DAY))
        weight = self.days.weight(day, len(posts))
        count, mass = weight * len(posts), weight * sum([post.scores[column] for post in posts]) / _THOUSAND
        total, squares, mass_before = self.sums
        sums = (total * fade + count, squares * fade * fade + count * weight, mass_before * fade + mass)
        return _Look(period, at, day, weight, sums)
