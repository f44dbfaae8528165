"""The whole cohort moving at once: news, a disaster, a loss that everybody shares."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from zlib import crc32

from pydantic import Field

from alerts.detectors.quantised import all_quantised, all_restored
from alerts.detectors.tail import surprise
from alerts.episode import Episode
from alerts.options import DAY, HOUR, RuleOptions, seconds
from alerts.types import Period

LAYOUT = 1
HOURS = 24
CIRCLES = 8
REST = 6 * HOUR  # seconds in which a person has one voice, however much is said
_THOUSAND = 1000.0
_SHRUNK = 200.0  # voices that the level of all hours counts for in that of one hour of the day
_NORMAL = 0.8  # mean absolute deviation of a standard normal variable
_KNOWN = 48.0  # hours that this counts for, before any were seen
_LEFT = 0.2  # share of the lift that must be left without a few people
_ELSEWHERE = 0.5  # share of the rise that must be left without any one circle
_CLIP = 3.0  # deviations beyond which an hour teaches no more


class CohortOptions(RuleOptions):
    """The numbers of a cohort rule; `threshold` is in powers of ten of rarity."""

    detector: Literal["cohort"] = "cohort"
    subject: Literal["community"] = "community"  # type: ignore[assignment]  # the one kind that is about all
    leave: float = Field(default=0.35, ge=0.25, lt=1)
    escalate: float = Field(default=100, ge=1, le=100, description="rarity grows fast: one happening is told once")
    fast_hours: float = Field(default=3, gt=0, le=48)
    slow_days: float = Field(default=21, gt=0, le=3660)
    warmup_days: float = Field(default=7, ge=1, description="no alert before the level was gathered for so long")
    min_people: float = Field(default=30, ge=10, description="least effective number of recent voices")
    few: int = Field(default=10, ge=0, description="so many people alone can raise nothing, whatever they say")
    lift: float = Field(default=0.05, gt=0, lt=1, description="least rise of the mean score")
    spread: float = Field(default=0.04, ge=0, lt=1, description="ordinary wander of the level, in radians")
    cover_hours: float = Field(default=72, ge=0, le=366 * 24, description="how long afterwards alerts are tagged")


@dataclass(frozen=True, slots=True)
class CohortHour(Period):
    """A closed hour of everybody. Each person who spoke is one voice: the rounded mean of that person's posts.

    Nobody has another voice within `REST`. Channels are gathered into `CIRCLES`, so that a rise in one channel can
    be told from one of everybody.
    """

    circles: Mapping[int, tuple[int, Sequence[int]]]  # circle → how many voices, and their sums in thousandths

    @property
    def people(self) -> int:
        return sum(people for people, _ in self.circles.values())

    def mass(self, column: int) -> float:
        return sum(sums[column] for _, sums in self.circles.values()) / _THOUSAND


def circle_of(channel: str | None, person: str) -> int:
    """The circle in which somebody is heard; who writes in no channel is in one by chance.

    >>> circle_of("news", "ada") == circle_of("news", "bob") != circle_of("music", "ada")
    True
    """
    return crc32((channel or person).encode()) % CIRCLES


class Recent(NamedTuple):
    """Sums over voices that fade within hours."""

    weight: float = 0.0
    squares: float = 0.0
    mass: float = 0.0
    usual: float = 0.0  # what such voices, at their hours of the day, usually weigh together


class _Look(NamedTuple):
    """An hour as the detector sees it, before it has learned from it."""

    hour: CohortHour
    at: int
    recent: Recent
    fade: float  # of the level since the hour before
    usual: float  # mean score at this hour of the day
    circles: list[float]  # by circle: weight, mass; fading like `recent`


class Cohort:
    """How rare the mean voice of the latest hours is beside the level of these hours of the day.

    Everybody has one voice in `REST`, so volume is no evidence. The arcsine makes the share's variance the same
    at every level, and how far the cohort wanders by itself is learned. The rise must reach `lift`. Some of it
    must be left without a `few` people who said nothing else: a handful raises nothing, however loud. And half of
    it must be left without any one circle: a quarrel in one channel is not everybody. Neither the level nor the
    wander learns while the rule is raised. While too few speak the last statistic stands, so that a night does
    not tear an episode in two.

    >>> from datetime import UTC, datetime, timedelta
    >>> options = CohortOptions(name="demo", emotion="fear", threshold=5)
    >>> def hour(number, people, fear):
    ...     start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    ...     circles = {circle: (people // 4, (0, 0, 0, 0, people // 4 * fear, 0, 0)) for circle in range(4)}
    ...     return CohortHour(start, start + timedelta(hours=1), (), circles)
    >>> cohort = Cohort(options)
    >>> for number in range(24 * 20):
    ...     cohort.update(hour(number, people=60, fear=90 + number % 3 * 20))
    >>> cohort.score(hour(480, people=600, fear=110)) < 2
    True
    >>> cohort.score(hour(480, people=60, fear=400)) > 5
    True
    """

    __slots__ = ("_look", "_options", "at", "circles", "episode", "first", "last", "level", "recent", "wander")

    def __init__(self, options: CohortOptions, state: list[Any] | None = None) -> None:
        self._options = options
        self._look: _Look | None = None
        at, first, last, recent, circles, level, wander, episode = state or (0, 0, 0, (), None, None, None, ())
        self.at: int = at
        self.first: int = first
        self.last: float = last / 1e9
        self.recent = Recent(*all_restored(recent))
        self.circles = all_restored(circles or (0,) * 2 * CIRCLES)
        self.level = all_restored(level or (0,) * 2 * HOURS)  # by hour of the day: weight, mass
        self.wander = all_restored(wander) if wander else [_KNOWN, _NORMAL]  # hours, mean absolute deviation
        self.episode = Episode(*episode)

    def score(self, hour: CohortHour) -> float:
        """The rarity of the latest hours with this one in them; the level has not seen it."""
        look = self._look_at(hour)
        if not self._enough(look):
            return self.last
        deviations = self._off(look.recent) / self._scale
        statistic = surprise(deviations)
        if not self._lifted(look.recent, look.circles):
            statistic = min(statistic, self._options.held)
        return round(statistic, 9)

    def update(self, hour: CohortHour) -> None:
        """Learn the hour: the latest hours always, the level only while not raised."""
        look = self._look_at(hour)
        self.last = self.score(hour)
        self.level = [value * look.fade for value in self.level]
        if self.episode.learns(look.at, self._options):
            self._learn(look)
        self.first = self.first or look.at
        self.recent, self.circles, self.at, self._look = look.recent, look.circles, look.at, None

    def evidence(self, statistic: float) -> dict[str, Any]:
        """Why, after `step` reported. It is about everybody, so it names no post."""
        recent = self.recent
        return {
            "baseline": round(recent.usual / recent.weight, 6),
            "now": round(recent.mass / recent.weight, 6),
            "without_few": round(self._without_few(recent), 6),
            "without_a_circle": round(self._without_a_circle(recent, self.circles), 6),
            "effective_voices": round(recent.weight**2 / recent.squares, 3),
            "wander": round(self._scale, 6),
            "posts": [],
            "rest": statistic,
        }

    def to_state(self) -> list[Any]:
        """A small list that survives storage exactly."""
        return [
            self.at,
            self.first,
            round(self.last * 1e9),
            all_quantised(self.recent),
            all_quantised(self.circles),
            all_quantised(self.level),
            all_quantised(self.wander),
            self.episode.to_state(),
        ]

    @property
    def _scale(self) -> float:
        """The standard deviation of what is otherwise standard normal, as this cohort has it."""
        return max(self.wander[1] / _NORMAL, 0.5)

    def _look_at(self, hour: CohortHour) -> _Look:
        """What the hour makes of the sums; worked out once for `score` and `update`."""
        if self._look is None or self._look.hour is not hour:
            self._look = self._work_out(hour)
        return self._look

    def _work_out(self, hour: CohortHour) -> _Look:
        at = max(self.at, seconds(hour.end))  # time that runs backwards stands still
        passed = at - self.at if self.at else 0
        fade, old, people = 0.5 ** (passed / (self._options.fast_hours * HOUR)), self.recent, float(hour.people)
        usual = self._usual(hour)
        recent = Recent(
            old.weight * fade + people,
            old.squares * fade * fade + people,
            old.mass * fade + hour.mass(self._options.column),
            old.usual * fade + people * usual,
        )
        fade_slow = 0.5 ** (passed / (self._options.slow_days * DAY))
        return _Look(hour, at, recent, fade_slow, usual, self._circles_with(hour, fade))

    def _circles_with(self, hour: CohortHour, fade: float) -> list[float]:
        circles = [value * fade for value in self.circles]
        for circle, (people, sums) in hour.circles.items():
            circles[2 * circle] += people
            circles[2 * circle + 1] += sums[self._options.column] / _THOUSAND
        return circles

    def _usual(self, hour: CohortHour) -> float:
        """The level at this hour of the day, shrunk to that of all hours."""
        weight, mass = sum(self.level[::2]), sum(self.level[1::2])
        if not weight:
            return hour.mass(self._options.column) / hour.people
        place = 2 * hour.start.hour
        return (self.level[place + 1] + _SHRUNK * mass / weight) / (self.level[place] + _SHRUNK)

    def _enough(self, look: _Look) -> bool:
        long_enough = self.first and look.at - self.first >= self._options.warmup_days * DAY
        return bool(long_enough) and look.recent.weight**2 >= self._options.min_people * look.recent.squares

    def _off(self, recent: Recent) -> float:
        """Standard errors between the recent share and the usual one, if the cohort never wandered by itself."""
        rise = _angle(recent.mass / recent.weight) - _angle(recent.usual / recent.weight)
        return rise / math.sqrt(recent.squares / recent.weight**2 / 4 + self._options.spread**2 / 4)

    def _lifted(self, recent: Recent, circles: list[float]) -> bool:
        lift, usual = self._options.lift, recent.usual / recent.weight
        rise = recent.mass / recent.weight - usual
        return (
            rise >= lift
            and self._without_few(recent) - usual >= _LEFT * lift
            and self._without_a_circle(recent, circles) - usual >= _ELSEWHERE * rise
        )

    def _without_few(self, recent: Recent) -> float:
        """The share without a `few` people who spoke whenever they could and said nothing else."""
        out = self._options.few / (1 - 0.5 ** (REST / (self._options.fast_hours * HOUR)))
        left = recent.weight - out
        return (recent.mass - out) / left if left > 0 else 0.0

    def _without_a_circle(self, recent: Recent, circles: list[float]) -> float:
        """The smallest share that is left without one circle. One that is nearly everybody cannot be left out."""
        shares = [recent.mass / recent.weight]
        for weight, mass in zip(circles[::2], circles[1::2], strict=True):
            if recent.weight - weight >= self._options.few:
                shares.append((recent.mass - mass) / (recent.weight - weight))
        return min(shares)

    def _learn(self, look: _Look) -> None:
        people, usual, options = float(look.hour.people), look.usual, self._options
        off = look.hour.mass(options.column) / people - usual
        most = _CLIP * self._scale * math.sqrt(max(usual * (1 - usual), 0.01) / people)
        place = 2 * look.hour.start.hour
        self.level[place] += people
        self.level[place + 1] += people * (usual + min(max(off, -most), most))
        hours, deviation = self.wander
        hours = min(hours + 1, options.slow_days * HOURS / math.log(2))
        found = min(abs(self._off(look.recent)), _CLIP * self._scale)
        self.wander = [hours, deviation + (found - deviation) / hours]


def _angle(share: float) -> float:
    return math.asin(math.sqrt(min(max(share, 0.0), 1.0)))
