"""The offline oracle: what a stream of messages must lead to, computed with no Kafka and no database.

Plain and slow on purpose: it keeps everything in memory, walks the log once, then closes hours and buckets.
It shares the pure parts (parsing, scoring, detectors) with the worker and none of the machinery:
no batches, no transactions, no waiting rows, no restarts. Every fault test ends by comparing with it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from typing import Any, Protocol

from alerts.rules import Rules
from alerts.types import Alert
from storage.cohorts import CohortEpisode
from storage.community import EVERYONE
from storage.points import NewPoint
from storage.series import HourKey, HourSum, sum_hours
from storage.waiting import WaitingInBucket, WaitingInHour
from stream.community import apply_hours
from stream.gathered import Gathered
from stream.hours import apply_bucket, apply_hour, bucket_of, hour_of
from stream.messages import Message, Read
from stream.offline_tags import summed, tags_of
from stream.posts import Tick
from stream.transfers import RAW, Scale
from stream.writing import in_bucket, in_hour, waits

CHUNK = 2048


class Reads(Protocol):
    """What the oracle needs of a `Reader`."""

    def read(self, messages: Sequence[Message], opted_out: Callable[[set[str]], set[str]]) -> list[Read]: ...

    def score(self, reads: Sequence[Read], messages: Sequence[Message]) -> list[Read]: ...


@dataclass(slots=True)
class Outcome:
    """Everything Postgres should hold after these messages."""

    points: dict[str, NewPoint] = field(default_factory=dict)
    hours: dict[HourKey, HourSum] = field(default_factory=dict)
    person_states: dict[str, dict[str, Any]] = field(default_factory=dict)
    channel_states: dict[str, dict[str, Any]] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    gathered: Gathered = field(default_factory=Gathered)  # tests of closed days are taken out again
    community: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)  # by name: through, state
    episodes: dict[str, CohortEpisode] = field(default_factory=dict)
    tags: dict[str, dict[str, Any]] = field(default_factory=dict)
    newest: dict[int, datetime] = field(default_factory=dict)
    set_aside: int = 0
    duplicates: int = 0


@dataclass(frozen=True)
class Oracle:
    """Computes an `Outcome` from messages in log order."""

    reader: Reads
    rules: Rules
    partitions: int
    lateness: timedelta
    opted_out: frozenset[str] = frozenset()
    scale: Scale = RAW  # on which detectors hear the posts

    def run(self, messages: Iterable[Message]) -> Outcome:
        outcome = Outcome()
        for read in self._reads(messages):
            self._note(outcome, read)
        self._close_hours(outcome)
        self._close_buckets(outcome)
        self._close_community(outcome)
        outcome.hours = sum_hours(outcome.points.values())
        return outcome

    def _reads(self, messages: Iterable[Message]) -> Iterator[Read]:
        source = iter(messages)
        while chunk := list(islice(source, CHUNK)):
            yield from self.reader.score(self.reader.read(chunk, self._away), chunk)

    def _away(self, persons: set[str]) -> set[str]:
        return persons & self.opted_out

    def _note(self, outcome: Outcome, read: Read) -> None:
        """Take one message off the log: count it, judge its lateness, move the watermark."""
        record = read.record
        if not isinstance(record, NewPoint | Tick):
            outcome.set_aside += 1
            return
        at = record.at if isinstance(record, Tick) else record.sent_at
        seen = outcome.newest.get(read.partition)
        if isinstance(record, NewPoint):
            if record.key in outcome.points:
                outcome.duplicates += 1
            else:
                record.late = seen is not None and at < seen - self.lateness
                outcome.points[record.key] = record
        outcome.newest[read.partition] = at if seen is None else max(at, seen)

    def _close_hours(self, outcome: Outcome) -> None:
        bound = {partition: hour_of(newest - self.lateness) for partition, newest in outcome.newest.items()}
        waiting = [in_hour(point, self.scale) for point in outcome.points.values() if waits(point)]
        closed = sorted(post for post in waiting if post.hour < bound[post.partition])
        for person, posts in groupby(closed, key=lambda post: post.person):
            outcome.person_states[person] = self._person(outcome, person, list(posts))

    def _person(self, outcome: Outcome, person: str, posts: Sequence[WaitingInHour]) -> dict[str, Any]:
        state: dict[str, Any] = {}
        for _, hour in groupby(posts, key=lambda post: post.hour):
            state, alerts, repeats, heard, _ = apply_hour(self.rules, person, state, list(hour))
            _keep(outcome, alerts)
            outcome.gathered.add(person, heard)
            for post in repeats:
                outcome.points[post.key].repeated = True
        return state

    def _close_buckets(self, outcome: Outcome) -> None:
        if len(outcome.newest) < self.partitions:
            return  # a partition that has seen nothing holds every channel back
        bound = bucket_of(min(outcome.newest.values()) - self.lateness)
        waiting = filter(None, (in_bucket(point, self.scale) for point in outcome.points.values()))
        closed = sorted(post for post in waiting if post.bucket < bound)
        for channel, posts in groupby(closed, key=lambda post: post.channel):
            outcome.channel_states[channel] = self._channel(outcome, channel, list(posts))

    def _channel(self, outcome: Outcome, channel: str, posts: Sequence[WaitingInBucket]) -> dict[str, Any]:
        state: dict[str, Any] = {}
        for _, bucket in groupby(posts, key=lambda post: post.bucket):
            state, alerts = apply_bucket(self.rules, channel, state, list(bucket))
            _keep(outcome, alerts)
        return state

    def _close_community(self, outcome: Outcome) -> None:
        if len(outcome.newest) < self.partitions:
            return  # as above
        bound = hour_of(min(outcome.newest.values()) - self.lateness).astimezone(UTC)
        hours = summed(outcome.gathered.voices, bound)
        state, alerts, outcome.episodes = apply_hours(self.rules, {}, hours)
        _keep(outcome, alerts)
        outcome.community[EVERYONE] = (bound, state)
        found = outcome.alerts.values(), outcome.episodes.values(), outcome.gathered
        outcome.tags = tags_of(self.rules, *found, bound)


def _keep(outcome: Outcome, alerts: Collection[Alert]) -> None:
    outcome.alerts.update({alert.id: alert for alert in alerts})
