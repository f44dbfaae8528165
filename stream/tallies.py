"""What one batch, or a rebuild, adds to the sums that dashboards show, gathered before it is written.

A post is looked at once, and equal hours of several people as well; days and the sums of everybody are added up from
those of channels and models.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import add
from typing import Any

from sqlalchemy import Connection

from storage.points import NewPoint
from storage.rollups import (
    ABSTENTIONS,
    CHANNEL_DAYS,
    CHANNEL_HOURS,
    EVERYONE_DAYS,
    EVERYONE_HOURS,
    MODEL_DAYS,
    MODEL_HOURS,
    Key,
    Rollup,
    add_rows,
)
from storage.series import EMOTION_COUNT, HourSum
from stream.attendance import Present

TENTHS = 10
Sums = dict[Key, HourSum]
Scores = tuple[int, ...]


@dataclass(slots=True)
class ModelSum(HourSum):
    """One model's hour in one language; scores in thousandths."""

    top: list[int] = field(default_factory=lambda: [0] * TENTHS)  # posts by their best score
    leads: list[int] = field(default_factory=lambda: [0] * EMOTION_COUNT)  # posts by the emotion that leads

    @classmethod
    def of(cls, scores: Sequence[Scores | None]) -> "ModelSum":
        """
        >>> ModelSum.of([(1, 999, 0, 0, 0, 0, 0), None, (700, 0, 0, 0, 0, 0, 300)]).as_row()
        (3, 2, 0, [701, 999, 0, 0, 0, 0, 300], [0, 0, 0, 0, 0, 0, 0, 1, 0, 1], [1, 1, 0, 0, 0, 0, 0])
        """
        found = cls()
        given = found.take(scores)
        best = list(map(max, given))
        for score, posts in Counter(best).items():
            found.top[min(score // 100, TENTHS - 1)] += posts
        for place, posts in Counter(map(tuple.index, given, best)).items():
            found.leads[place] += posts
        return found

    def merge_all(self, other: "ModelSum") -> None:
        self.merge(other)
        self.top = list(map(add, self.top, other.top))
        self.leads = list(map(add, self.leads, other.leads))

    def as_row(self) -> tuple[Any, ...]:
        return (*HourSum.as_row(self), self.top, self.leads)


@dataclass(slots=True)
class AbstainedSum:
    """Posts that got no scores in an hour, and the people who wrote them."""

    posts: int = 0
    people: int = 0

    def as_row(self) -> tuple[int, int]:
        return self.posts, self.people


@dataclass(slots=True)
class Tallies:
    """Sums of points and numbers of people, by the keys of their tables."""

    hours: Sums = field(default_factory=lambda: defaultdict(HourSum))
    days: Sums = field(default_factory=lambda: defaultdict(HourSum))
    everyone: Sums = field(default_factory=lambda: defaultdict(HourSum))
    everyone_days: Sums = field(default_factory=lambda: defaultdict(HourSum))
    models: dict[Key, ModelSum] = field(default_factory=lambda: defaultdict(ModelSum))
    model_days: dict[Key, ModelSum] = field(default_factory=lambda: defaultdict(ModelSum))
    abstained: dict[Key, AbstainedSum] = field(default_factory=lambda: defaultdict(AbstainedSum))
    present: Counter[Present] = field(default_factory=Counter)  # people by what their closed hour counts in

    def add_points(self, points: Iterable[NewPoint]) -> None:
        """Points that nobody stored before."""
        channels: defaultdict[Key, list[Scores | None]] = defaultdict(list)
        models: defaultdict[Key, list[Scores | None]] = defaultdict(list)
        for point in points:
            hour, language, partition = _hour(point.sent_at), point.language or "", point.partition
            channels[point.channel or "", hour, partition].append(point.scores)
            models[hour, point.model, language, partition].append(point.scores)
            if point.abstained is not None:
                self.abstained[hour, language, point.abstained, partition].posts += 1
        for key, scores in channels.items():
            self.hours[key].take(scores)
        for key, scores in models.items():
            self.models[key].merge_all(ModelSum.of(scores))

    def add_present(self, present: Present) -> None:
        """A person's closed hour."""
        self.present[present] += 1

    def _add_up(self) -> None:
        """Days, and everybody's, of the posts in what there is of hours."""
        for (channel, hour, partition), of_channel in self.hours.items():
            self.days[channel, hour.replace(hour=0), partition].merge(of_channel)
        for (hour, model, language, partition), of_model in self.models.items():
            day = hour.replace(hour=0)
            self.model_days[day, model, language, partition].merge_all(of_model)
            self.everyone[hour, partition].merge(of_model)
            self.everyone_days[day, partition].merge(of_model)

    def _add_people(self, present: Present, people: int) -> None:
        hour, partition = present.hour, present.partition
        day = hour.replace(hour=0)
        self.everyone[hour, partition].people += people
        self.everyone_days[day, partition].people += people * present.first_today
        for channel in present.channels:
            self.hours[channel, hour, partition].people += people
        for channel in present.new_channels:
            self.days[channel, day, partition].people += people
        for model, language in present.models:
            self.models[hour, model, language, partition].people += people
        for model, language in present.new_models:
            self.model_days[day, model, language, partition].people += people
        for language, reason in present.abstained:
            self.abstained[hour, language, reason, partition].people += people

    def save(self, connection: Connection) -> None:
        """Add it to what is stored, and begin anew."""
        self._add_up()
        for present, people in self.present.items():
            self._add_people(present, people)
        self.present.clear()
        tables: tuple[tuple[Rollup, dict[Key, Any]], ...] = (
            (CHANNEL_HOURS, self.hours),
            (CHANNEL_DAYS, self.days),
            (EVERYONE_HOURS, self.everyone),
            (EVERYONE_DAYS, self.everyone_days),
            (MODEL_HOURS, self.models),
            (MODEL_DAYS, self.model_days),
            (ABSTENTIONS, self.abstained),
        )
        for rollup, sums in tables:
            add_rows(connection, rollup, {key: found.as_row() for key, found in sums.items()})
            sums.clear()


def _hour(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
