"""A sudden rise of an emotion, in a channel or in one person."""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

from pydantic import Field

from alerts.detectors.contributors import Contributors, explain
from alerts.detectors.pot import Tail
from alerts.detectors.quantised import all_quantised, all_restored
from alerts.detectors.tail import surprise
from alerts.detectors.voices import Crowd, Voices, posts_of_one, voices
from alerts.episode import Episode
from alerts.options import DAY, HOUR, RuleOptions, seconds
from alerts.types import Period

LAYOUT = 2
CAPACITY = 48  # people remembered per channel; no rule may ask for more
_AGREEING = 0.3  # how much of the more surprising answer is added to the less surprising one
_START = (0.3, 1.0, 1.7)  # where the quantiles of the rarity lie if chance is all there is
_PRIOR = 200  # excesses that such a tail counts for: some thousand periods of its own outvote it
_GRAIN = 0.05
_AGAIN = 0.4  # how much of a voice has who was angry already within `people_hours`
_VOICED = 500  # thousandths: who scores this much is counted as taking part


class SpikeOptions(RuleOptions):
    """The numbers of a spike rule; `threshold` is in powers of ten of rarity."""

    detector: Literal["spike"] = "spike"
    escalate: float = Field(default=5, ge=1, le=100, description="as a crowd gathers, rarity grows by itself")
    prior: float = Field(gt=0, lt=1, description="the emotion's usual mean score in the population")
    prior_posts: float = Field(default=40, ge=1, description="how many posts the prior counts for")
    fast_hours: float = Field(default=0.5, gt=0, le=14 * 24)
    slow_days: float = Field(default=3, gt=0, le=3660)
    warmup_posts: float = Field(default=30, ge=1, description="no alert before the level rests on so many")
    warmup_days: float = Field(default=1, ge=0, description="nor before it was gathered for so long")
    min_posts: float = Field(default=5, ge=1, description="least effective number of recent voices")
    min_people: int = Field(default=1, ge=1, le=CAPACITY, description="distinct people who feel it, recently")
    people_hours: float = Field(default=1, gt=0, le=48)
    lift: float = Field(default=0.2, ge=0, lt=1, description="least rise of the mean score")
    spread: float = Field(default=0.1, ge=0, lt=1, description="ordinary wander of the level, in radians")
    hour_posts: float = Field(default=4, ge=1, description="posts of one person's hour that count in full")


class Recent(NamedTuple):
    """Sums that fade within hours."""

    weight: float = 0.0
    squares: float = 0.0
    mass: float = 0.0


class Slow(NamedTuple):
    """Sums that fade within weeks; `days` is how long they have been gathered, faded alike."""

    weight: float = 0.0
    mass: float = 0.0
    days: float = 0.0


class _Look(NamedTuple):
    """A period as the detector sees it, before it has learned from it."""

    period: Period
    at: int
    spoken: Voices
    recent: Recent
    slow: Slow


class Spike:
    """How rare the latest hours are beside the subject's own level, as -log10 of a chance.

    Two questions are asked, and the less surprising answer leads: is the *share* of the emotion raised, and is
    there *more* of it than this subject usually has in such a time? Shares go through the arcsine and amounts
    through the root, which steady their chance noise. Volume alone raises no share, so a goal or a joke never
    alerts; a whisper at night raises no amount. In a channel each person speaks once per bucket and `min_people`
    must take part. What chance alone would make of it is then held against the subject's own past: a tail,
    fitted to the rarities seen so far, can make it less surprising, never more. The level learns from clipped
    shares; neither level nor tail learns while raised. No period, no learning: sums fade by time.

    >>> from datetime import UTC, datetime, timedelta
    >>> from alerts.types import Observation
    >>> options = SpikeOptions(
    ...     name="demo", subject="channel", emotion="anger", threshold=5, prior=0.1, min_people=5
    ... )
    >>> def bucket(minute, people, anger):
    ...     start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    ...     scores = (0, 0, 0, anger, 0, 0, 0)
    ...     posts = [Observation(f"{i:032x}", f"p{i}", start, scores) for i in range(people)]
    ...     return Period(start, start + timedelta(minutes=5), tuple(posts))
    >>> spike = Spike(options)
    >>> for minute in range(0, 3000, 5):
    ...     spike.update(bucket(minute, people=3, anger=100))
    >>> spike.score(bucket(3000, people=100, anger=100)) < 1
    True
    >>> spike.score(bucket(3000, people=30, anger=800)) > 5
    True
    """

    __slots__ = ("_look", "_options", "at", "crowd", "episode", "posts", "recent", "slow", "tail")

    def __init__(self, options: SpikeOptions, state: list[Any] | None = None) -> None:
        self._options = options
        self._look: _Look | None = None
        at, recent, slow, episode, people, posts, tail = state or (0, (), (), (), None, None, None)
        self.at: int = at
        self.recent = Recent(*all_restored(recent))
        self.slow = Slow(*all_restored(slow))
        self.episode = Episode(*episode)
        self.crowd = Crowd(CAPACITY, options.people_hours * HOUR, people)
        self.posts = Contributors(3, options.fast_hours * HOUR, posts)
        self.tail = Tail(tail, prior=_PRIOR, prior_shape=0.0, grain=_GRAIN, start=_START, trust=10 * _PRIOR)

    def score(self, period: Period) -> float:
        """The rarity of the latest hours with this period in them; the level has not seen it."""
        look = self._look_at(period)
        if not self._enough(look.recent, look.slow):
            return 0.0
        nominal = self._nominal(look)
        statistic = min(nominal, self.tail.score(nominal))
        if not self._lifted(look) or not self._crowded(period, look.at):
            statistic = min(statistic, self._options.held)
        return round(statistic, 9)

    def update(self, period: Period) -> None:
        """Learn the period: the latest hours always, the level only while not raised."""
        look, column = self._look_at(period), self._options.column
        self.recent, self.slow, self.at, self._look = look.recent, look.slow, look.at, None
        if self.episode.learns(look.at, self._options):
            if self._enough(look.recent, look.slow):
                self.tail.update(self._nominal(look))
            self.slow = self._learned(look.slow, look.spoken)
        if self._options.min_people > 1:
            self.crowd.see(self._taking_part(period), look.at)
        for post, weight in zip(period.posts, look.spoken.each, strict=True):
            self.posts.add(post.key, look.at, post.scores[column] / 1000.0, weight)

    def evidence(self, statistic: float) -> dict[str, Any]:
        """Why, after `step` reported. Rarity is not linear, so each post's part is its share of the mass."""
        return {
            "baseline": round(self._level(self.slow), 6),
            "now": round(self.recent.mass / self.recent.weight, 6),
            "effective_posts": round(self.recent.weight**2 / self.recent.squares, 3),
            "expected": round(self._level(self.slow) * self.recent.weight, 6),
            "usual_mass": round(self._usual_mass(self.slow), 6),
            "mass": round(self.recent.mass, 6),
            "people": max(self.crowd.count(self.at), 1),
            **explain(self.posts, self.at, statistic, statistic / self.recent.mass, level=0.0),
        }

    def to_state(self) -> list[Any]:
        """A small list that MessagePack and JSON give back exactly."""
        recent, slow = all_quantised(self.recent), all_quantised(self.slow)
        people = [list(each) for each in self.crowd.people]
        return [self.at, recent, slow, self.episode.to_state(), people, self.posts.entries, self.tail.to_state()]

    def _look_at(self, period: Period) -> _Look:
        """What the period makes of the sums; worked out once for `score` and `update`."""
        if self._look is None or self._look.period is not period:
            at = max(self.at, seconds(period.end))
            spoken = self._voices(period, at)
            self._look = _Look(period, at, spoken, self._recent_with(at, spoken), self._slow_at(at))
        return self._look

    def _voices(self, period: Period, at: int) -> Voices:
        if self._options.subject == "channel":
            heard = self.crowd.members(at) if self._options.min_people > 1 else ()
            return voices(period.posts, self._options.column, heard, _AGAIN)
        return posts_of_one(period.posts, self._options.column, self._options.hour_posts)

    def _taking_part(self, period: Period) -> list[str]:
        column = self._options.column
        return [post.person for post in period.posts if post.scores[column] >= _VOICED]

    def _crowded(self, period: Period, at: int) -> bool:
        least = self._options.min_people
        return least == 1 or self.crowd.count_with(self._taking_part(period), at) >= least

    def _recent_with(self, at: int, spoken: Voices) -> Recent:
        fade = 0.5 ** ((at - self.at) / (self._options.fast_hours * HOUR))
        weight, squares, mass = self.recent
        return Recent(weight * fade + spoken.weight, squares * fade * fade + spoken.squares, mass * fade + spoken.mass)

    def _slow_at(self, at: int) -> Slow:
        """The slow sums faded to `at`, with the time that passed added to `days`."""
        passed = (at - self.at) / DAY if self.at else 0.0
        fade = 0.5 ** (passed / self._options.slow_days)
        lived = self._options.slow_days / math.log(2) * (1 - fade)  # ∫ of the fading over the time passed
        return Slow(self.slow.weight * fade, self.slow.mass * fade, self.slow.days * fade + lived)

    def _learned(self, slow: Slow, spoken: Voices) -> Slow:
        """The level with the period in it, no angrier than three deviations of chance."""
        if not spoken.weight:
            return slow
        level = self._level(slow)
        highest = level + 3 * math.sqrt(level * (1 - level) / spoken.weight)
        mass = min(spoken.mass, highest * spoken.weight)
        return slow._replace(weight=slow.weight + spoken.weight, mass=slow.mass + mass)

    def _level(self, slow: Slow) -> float:
        prior_posts = self._options.prior_posts
        return (slow.mass + prior_posts * self._options.prior) / (slow.weight + prior_posts)

    def _usual_mass(self, slow: Slow) -> float:
        """How much of the emotion is usually in the recent sums."""
        window = self._options.fast_hours / 24 / math.log(2)
        return self._level(slow) * slow.weight / max(slow.days, window) * window

    def _share(self, recent: Recent, level: float) -> float:
        """Deviations of the share; the arcsine makes its variance the same at every level."""
        rise = math.asin(math.sqrt(recent.mass / recent.weight)) - math.asin(math.sqrt(level))
        return rise / math.sqrt(recent.squares / recent.weight**2 / 4 + self._options.spread**2 / 4)

    def _amount(self, recent: Recent, slow: Slow) -> float:
        """Deviations of the amount; twice the root of a count has variance one."""
        return 2 * (math.sqrt(recent.mass + 0.375) - math.sqrt(self._usual_mass(slow) + 0.375))

    def _enough(self, recent: Recent, slow: Slow) -> bool:
        """Whether there is evidence."""
        options = self._options
        if slow.weight < options.warmup_posts or slow.days < options.warmup_days:
            return False
        return 0 < options.min_posts * recent.squares <= recent.weight**2

    def _nominal(self, look: _Look) -> float:
        """The rarity if chance were all there is: the less surprising of share and amount, and some of the other."""
        recent, level = look.recent, self._level(look.slow)
        if recent.mass <= level * recent.weight:
            return 0.0
        less, more = sorted((self._share(recent, level), self._amount(recent, look.slow)))
        return surprise(less + _AGREEING * (min(more, 2 * less) - less)) if less > 0 else 0.0

    def _lifted(self, look: _Look) -> bool:
        recent = look.recent
        return recent.mass / recent.weight - self._level(look.slow) >= self._options.lift
