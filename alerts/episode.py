"""When a statistic becomes an alert: once per episode, with hysteresis and a cool-down."""

from __future__ import annotations

from typing import Any

from alerts.options import DAY, HOUR, RuleOptions

CALM, UNREPORTED, REPORTED = 0, 1, 2
SINCE_SHARE = 0.25  # an episode is dated back to when the statistic rose over this share of the threshold


class Episode:
    """Follows one statistic of one subject.

    It is raised when the statistic reaches the threshold and stays raised until it falls under
    `leave * threshold`. Raised again within the cool-down it waits, and reports when the cool-down is over
    if the statistic still stands at the threshold. Whenever the statistic passes `escalate` times what was
    last reported, in the same episode or within the cool-down, it is reported again at once.

    >>> options = RuleOptions(
    ...     name="demo", subject="person", emotion="fear", threshold=4, cooldown_hours=10, escalate=2
    ... )
    >>> episode = Episode()
    >>> [episode.step(score, hour * HOUR, options) for hour, score in enumerate([1, 4, 3, 5, 1, 6], 1)]
    [False, True, False, False, False, False]
    >>> [episode.step(score, hour * HOUR, options) for score, hour in [(6, 20), (11, 21), (12.5, 22)]]
    [True, False, True]
    """

    __slots__ = ("peak", "phase", "reported_at", "since")

    def __init__(self, phase: int = CALM, since: int = 0, reported_at: int = 0, peak: int = 0) -> None:
        self.phase = phase
        self.since = since
        self.reported_at = reported_at
        self.peak = peak  # thousandths of the statistic last reported

    def step(self, statistic: float, at: int, options: RuleOptions) -> bool:
        """Take the newest statistic; true when this is the moment to report."""
        threshold = options.threshold
        if statistic < threshold * SINCE_SHARE:
            self.since, self.phase = 0, CALM
            return False
        if not self.since:
            self.since = at
        if statistic < threshold:
            if statistic < threshold * options.leave:
                self.phase = CALM
            return False
        return self._reached(statistic, at, options)

    def _reached(self, statistic: float, at: int, options: RuleOptions) -> bool:
        cooling = bool(self.reported_at) and at - self.reported_at < options.cooldown_hours * HOUR
        if (cooling or self.phase == REPORTED) and statistic * 1000 < options.escalate * self.peak:
            self.phase = max(self.phase, UNREPORTED)
            return False
        self.phase, self.reported_at, self.peak = REPORTED, at, int(statistic * 1000)
        return True

    def learns(self, at: int, options: RuleOptions) -> bool:
        """Whether the baseline may learn now: not while raised, until that has become the new normal."""
        return self.phase == CALM or at - self.since > options.settle_days * DAY

    def to_state(self) -> list[Any]:
        return [self.phase, self.since, self.reported_at, self.peak]
