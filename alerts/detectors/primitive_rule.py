"""Textbook charts as detectors of a rule: one adapter for all of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from alerts.detectors.parts import Parts
from alerts.detectors.primitive_options import PrimitiveOptions
from alerts.detectors.voices import voices
from alerts.episode import Episode
from alerts.options import DAY, seconds
from alerts.types import Observation, Period

LAYOUT = 1
KEPT = 5  # posts named in the evidence


class _Look(NamedTuple):
    """A period as the chart sees it, before it has learned from it."""

    period: Period
    at: int
    value: float  # the mean score
    voices: int
    counts: bool  # whether there are voices enough
    shares: list[float]  # of each post in the value
    added: float
    statistic: float


class PrimitiveRule:
    """A chart that takes one value per closed period: of a person the mean score of the hour's posts; of a
    channel's bucket each person has one voice, however much was written.

    The chart's baseline, where it has one, learns only while the rule is not raised.

    >>> from datetime import UTC, datetime, timedelta
    >>> from alerts.detectors.primitive_options import CusumOptions
    >>> options = CusumOptions(name="demo", subject="person", emotion="fear", threshold=4, mean=0.1, sd=0.2)
    >>> def hour(number, fear):
    ...     start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    ...     post = Observation(f"{number:032x}", "p", start, (0, 0, 0, 0, fear, 0, 0))
    ...     return Period(start, start + timedelta(hours=1), (post,))
    >>> rule = PrimitiveRule(options)
    >>> for number, fear in enumerate([100, 50, 600, 700]):
    ...     statistic = rule.score(hour(number, fear))
    ...     rule.update(hour(number, fear))
    >>> statistic, [post["contribution"] for post in rule.evidence(statistic)["posts"]]
    (4.5, [2.5, 2.0])
    """

    __slots__ = ("_chart", "_look", "_options", "at", "episode", "parts")

    def __init__(self, options: PrimitiveOptions, state: list[Any] | None = None) -> None:
        self._options = options
        self._look: _Look | None = None
        at, chart, episode, parts = state or (0, None, (), None)
        self.at: int = at
        self._chart = options.chart(chart)
        self.episode = Episode(*episode)
        self.parts = Parts(KEPT, parts)

    def score(self, period: Period) -> float:
        """The statistic with this period's value; a period with too few voices leaves it as it is."""
        return self._look_at(period).statistic

    def update(self, period: Period) -> None:
        """Take the period's value; the baseline learns it only while the rule is not raised."""
        look = self._look_at(period)
        self.at = look.at
        if look.counts:
            self._note(look)
            value = self._options.standard(look.value)
            self._chart.update(value)
            if self.episode.learns(look.at, self._options):
                self._chart.learn(value)
        if self._chart.statistic <= 0:
            self.parts.clear()

    def evidence(self, statistic: float) -> dict[str, Any]:
        """Why, after `step` reported: `before` and `added` make the statistic, and so do the parts and `rest`."""
        look = self._look
        now = {} if look is None else {"now": round(look.value, 6), "voices": look.voices, "added": look.added}
        before = {} if look is None else {"before": round(statistic - look.added, 6)}
        return {**now, **before, **self.parts.explain(statistic)}

    def to_state(self) -> list[Any]:
        """A small list that survives storage exactly."""
        return [self.at, self._chart.to_state(), self.episode.to_state(), self.parts.entries]

    def _note(self, look: _Look) -> None:
        """Remember which posts the value came from; their parts sum to what was added."""
        options, column = self._options, self._options.column
        slope = self._chart.added(options.standard(1.0)) - self._chart.added(options.standard(0.0))
        self.parts.fade(self._chart.fade)
        for post, share in zip(look.period.posts, look.shares, strict=True):
            score = post.scores[column]
            part = share * (look.added + slope * (score / 1000 - look.value))
            self.parts.add(post.key, seconds(post.sent_at), score, part)

    def _look_at(self, period: Period) -> _Look:
        """What the period makes of the chart; worked out once for `score` and `update`."""
        if self._look is None or self._look.period is not period:
            self._look = self._work_out(period)
        return self._look

    def _work_out(self, period: Period) -> _Look:
        at = max(self.at, seconds(period.end))  # time that runs backwards stands still
        if self.at and at - self.at > self._options.restart_days * DAY:
            self._chart.restart()
            self.parts.clear()
        value, count, shares = self._value(period.posts)
        counts = count >= self._options.min_posts
        standard, chart = self._options.standard(value), self._chart
        statistic = chart.score(standard) if counts else chart.statistic
        added = round(chart.added(standard), 6) if counts else 0.0
        return _Look(period, at, value, count, counts, shares, added, max(0.0, round(statistic, 6)))

    def _value(self, posts: tuple[Observation, ...]) -> tuple[float, int, list[float]]:
        """The period's value, how many voices it has, and each post's share in it."""
        column = self._options.column
        if self._options.subject == "channel":
            spoken = voices(posts, column)
            shares = [each / spoken.weight for each in spoken.each]
            return spoken.mass / spoken.weight, int(spoken.weight), shares
        count = len(posts)
        return sum(post.scores[column] for post in posts) / (1000 * count), count, [1 / count] * count
