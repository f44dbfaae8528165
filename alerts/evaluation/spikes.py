"""How good the channel rule for spikes is: its threshold tuned on validation channels, frozen, scored on test channels.

Right is the first alert between the start of a planted spike and half an hour after its end; more alerts in
that time count neither way. Every other alert is false, and is told under what was going on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from alerts.composed.channels import SPIKE, Channel, ChannelOptions, Planted, Pool, compose_channels
from alerts.episode import Episode
from alerts.evaluation.runs import with_threshold
from alerts.monitor import step
from alerts.options import RuleOptions, seconds
from alerts.rules import Rule, load_rules

GRACE = timedelta(minutes=30)
TAIL = timedelta(hours=1)  # so long after a decoy its posts still weigh
CALM = "nothing"
TRIES = (1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 4.0, 4.5, 5.0, 6.0)
_VALIDATION = 1_000_000  # validation channels have other seeds than test channels


@dataclass(frozen=True)
class SpikeFigures:
    """What a rule does on channels whose truth is known."""

    threshold: float
    months: float  # channel-months
    spikes: int
    found: int
    alerts: int
    false: dict[str, int]  # by what was going on: a decoy, or nothing
    delays: list[float]  # minutes, of those found
    by_size: dict[str, str]  # posts a day: found of planted

    @property
    def recall(self) -> float:
        return self.found / self.spikes if self.spikes else 0.0

    @property
    def precision(self) -> float:
        alarms = self.found + sum(self.false.values())
        return self.found / alarms if alarms else 0.0

    @property
    def f1(self) -> float:
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0

    @property
    def false_per_month(self) -> float:
        return sum(self.false.values()) / self.months if self.months else 0.0

    @property
    def delay(self) -> float | None:
        """The median delay in minutes."""
        return median(self.delays) if self.delays else None

    def as_dict(self) -> dict[str, Any]:
        told: dict[str, float | None] = {"recall": self.recall, "precision": self.precision, "f1": self.f1}
        told |= {"false_per_channel_month": self.false_per_month, "median_delay_minutes": self.delay}
        rest = {name: value for name, value in asdict(self).items() if name != "delays"}
        return {name: round(each, 4) if isinstance(each, float) else each for name, each in (rest | told).items()}


class Heard(NamedTuple):
    """A channel's truth, and the statistic of each of its buckets."""

    channel: Channel
    at: list[datetime]
    statistics: list[float]


def evaluate(
    pools_validation: Pool,
    pools_test: Pool,
    options: ChannelOptions | None = None,
    seeds: Sequence[int] = (1, 2, 3),
    rule: Rule | None = None,
    budget: float = 1.0,
) -> SpikeFigures:
    """Tune the threshold to the best F1 with at most `budget` false alerts a channel-month; score it on others."""
    options, rule = options or ChannelOptions(), rule or channel_rule()
    chosen = with_threshold(rule, tuned(rule, validation(rule, pools_validation, options, seeds), budget))
    return figures(chosen, (alerts_of(chosen, each) for each in channels(pools_test, options, seeds)))


def channel_rule() -> Rule:
    """The shipped rule for anger in channels."""
    return next(rule for rule in load_rules(None).channel if rule.options.detector == "spike")


def channels(pool: Pool, options: ChannelOptions, seeds: Iterable[int]) -> Iterator[Channel]:
    """The channels of all seeds, one at a time: they are large."""
    for seed in seeds:
        yield from compose_channels(pool, options, seed)


def validation(rule: Rule, pool: Pool, options: ChannelOptions, seeds: Iterable[int]) -> list[Heard]:
    """Statistics of the validation channels under the least threshold that is tried."""
    lowest = with_threshold(rule, min(TRIES))
    return [heard(lowest, each) for each in channels(pool, options, [seed + _VALIDATION for seed in seeds])]


def tuned(rule: Rule, known: Sequence[Heard], budget: float) -> float:
    """The threshold with the best F1 within the budget; where none keeps to it, the one with fewest false alerts."""
    tried = {each: figures(with_threshold(rule, each), [reached(rule, one, each) for one in known]) for each in TRIES}
    kept = [each for each, found in tried.items() if found.false_per_month <= budget]
    if kept:
        return max(kept, key=lambda each: (tried[each].f1, each))
    return min(tried, key=lambda each: (tried[each].false_per_month, each))


def heard(rule: Rule, channel: Channel) -> Heard:
    """Run one channel and keep what every bucket scores."""
    detector, statistics = rule.detector(None), []
    for bucket in channel.buckets:
        statistic = detector.score(bucket)
        detector.episode.step(statistic, seconds(bucket.end), rule.options)
        detector.update(bucket)
        statistics.append(statistic)
    lean = channel._replace(buckets=channel.buckets[-1:])
    return Heard(lean, [bucket.end for bucket in channel.buckets], statistics)


def reached(rule: Rule, one: Heard, threshold: float) -> tuple[Channel, list[datetime]]:
    """When the episodes of another threshold would have been reported."""
    options: RuleOptions = with_threshold(rule, threshold).options
    episode = Episode()
    pairs = zip(one.at, one.statistics, strict=True)
    return one.channel, [at for at, statistic in pairs if episode.step(statistic, seconds(at), options)]


def alerts_of(rule: Rule, channel: Channel) -> tuple[Channel, list[datetime]]:
    """When the rule as it stands reports."""
    detector = rule.detector(None)
    return channel, [bucket.end for bucket in channel.buckets if step(rule, detector, bucket) is not None]


def figures(rule: Rule, runs: Iterable[tuple[Channel, list[datetime]]]) -> SpikeFigures:
    """Compare the alerts of many channels with what was planted in them."""
    months, alerts, false, delays = 0.0, 0, Counter[str](), list[float]()
    sizes: dict[str, list[int]] = {}
    for channel, moments in runs:
        spikes = [each for each in channel.planted if each.kind == SPIKE]
        late = [_delay(spike, moments) for spike in spikes]
        hits = [each for each in late if each is not None]
        size = sizes.setdefault(_size(channel.posts_a_day), [0, 0])
        size[0], size[1] = size[0] + len(hits), size[1] + len(spikes)
        false.update(_blame(at, channel.planted) for at in moments if not any(_within(at, each) for each in spikes))
        months, alerts, delays = months + channel.months, alerts + len(moments), delays + hits
    by_size = {name: f"{hits} of {spikes}" for name, (hits, spikes) in sizes.items()}
    planted = sum(spikes for _, spikes in sizes.values())
    threshold = rule.options.threshold
    return SpikeFigures(threshold, round(months, 2), planted, len(delays), alerts, dict(false), delays, by_size)


def _within(at: datetime, spike: Planted) -> bool:
    return spike.start < at <= spike.end + GRACE


def _delay(spike: Planted, moments: Iterable[datetime]) -> float | None:
    """Minutes from the start of a spike to its first alert."""
    return next(((at - spike.start) / timedelta(minutes=1) for at in moments if _within(at, spike)), None)


def _blame(at: datetime, planted: Iterable[Planted]) -> str:
    """What was going on, at a false alert. A drift is blamed last: it lasts for days."""
    near = [each for each in planted if each.start < at <= each.end + TAIL]
    return min(near, key=lambda each: each.end - each.start).kind if near else CALM


def _size(posts_a_day: float) -> str:
    for most in (30, 300):
        if posts_a_day < most:
            return f"under {most} posts a day"
    return "more"
