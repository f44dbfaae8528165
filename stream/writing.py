"""The second half of the pipeline: everything one batch changes, in one transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection

from alerts.rules import Rules
from alerts.types import Alert
from storage.dead_letters import SetAside, insert_dead_letters
from storage.points import NewPoint, claim_keys, insert_points, insert_texts, mark_repeated
from storage.progress import lock_progress, save_progress
from storage.states import lock_states, save_states
from storage.waiting import WaitingInBucket, WaitingInHour, add_to_buckets, add_to_hours, take_closed_hours
from stream.challenger.shadow import Shadow
from stream.fates import record_people
from stream.gathered import Gathered
from stream.hours import apply_hour, bucket_of, hour_of
from stream.messages import Read
from stream.posts import Tick
from stream.tallies import Tallies
from stream.transfers import RAW, Scale, Scales


@dataclass(frozen=True, slots=True)
class Written:
    """Counts of one committed batch."""

    stored: int = 0
    scored: int = 0
    abstained: int = 0
    duplicates: int = 0
    late: int = 0
    set_aside: int = 0
    alerts: int = 0
    languages: tuple[tuple[str | None, bool, int], ...] = ()  # a language, whether scored, how many of `stored`

    def __add__(self, other: "Written") -> "Written":
        return Written(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


class Writer:
    """Writes one batch on an open transaction. Locks are taken in one order: partitions, keys, people."""

    def __init__(
        self,
        connection: Connection,
        rules: Rules,
        topic: str,
        model: str,
        lateness: timedelta,
        text_expires_at: datetime,
        shadow: Shadow | None = None,
        scales: Scales | None = None,
    ) -> None:
        self._connection = connection
        self._rules = rules
        self._topic = topic
        self._model = model
        self._lateness = lateness
        self._text_expires_at = text_expires_at
        self._scales = scales or Scales()
        self._scale = RAW
        self._shadow = shadow
        self._tallies = Tallies()

    def write(self, reads: Sequence[Read], *, keep_text: bool) -> Written:
        newest = lock_progress(self._connection, self._topic, {read.partition for read in reads})
        points = self._new_points(reads)
        self._judge_lateness(reads, points, newest)
        self._scale = self._scales.now(self._connection, points.values())
        alerts = self._close_hours(list(points.values()), newest)
        self._store_points(list(points.values()), keep_text=keep_text)
        record_people(self._connection, self._rules, alerts, self._model)
        letters = [read.record for read in reads if isinstance(read.record, SetAside)]
        insert_dead_letters(self._connection, letters)
        save_progress(self._connection, self._topic, newest, {read.partition: read.offset + 1 for read in reads})
        return self._count(reads, list(points.values()), len(letters), len(alerts))

    def _new_points(self, reads: Sequence[Read]) -> dict[str, NewPoint]:
        """The points nobody stored before, by key; of two in one batch the first in the log."""
        first: dict[str, NewPoint] = {}
        for read in reads:
            if isinstance(read.record, NewPoint):
                read.record.late = read.record.repeated = False  # whatever an attempt that was undone has set
                first.setdefault(read.record.key, read.record)
        claimed = claim_keys(self._connection, list(first.values())) if first else set()
        return {key: point for key, point in first.items() if key in claimed}

    def _judge_lateness(
        self, reads: Sequence[Read], new: dict[str, NewPoint], newest: dict[int, datetime | None]
    ) -> None:
        """Walk the log in order: a post is late if it is behind its partition's watermark as it arrives."""
        for read in reads:
            record = read.record
            if isinstance(record, SetAside):
                continue
            at = record.at if isinstance(record, Tick) else record.sent_at
            seen = newest[read.partition]
            if isinstance(record, NewPoint) and new.get(record.key) is record:
                record.late = seen is not None and at < seen - self._lateness
            newest[read.partition] = at if seen is None else max(at, seen)

    def _close_hours(self, points: Sequence[NewPoint], newest: dict[int, datetime | None]) -> list[Alert]:
        """Apply every hour the watermark has passed; what is still open waits."""
        closed_before = {
            partition: hour_of(time - self._lateness) for partition, time in newest.items() if time is not None
        }
        closing = take_closed_hours(self._connection, closed_before)
        still_open: list[WaitingInHour] = []
        for post in (in_hour(point, self._scale) for point in points if waits(point)):
            (closing if post.hour < closed_before[post.partition] else still_open).append(post)
        add_to_hours(self._connection, still_open)
        return self._apply(sorted(closing), {point.key: point for point in points})

    def _apply(self, closing: Sequence[WaitingInHour], fresh: dict[str, NewPoint]) -> list[Alert]:
        states = lock_states(self._connection, "person_states", {post.person for post in closing})
        alerts: list[Alert] = []
        gathered = Gathered()
        older: list[tuple[datetime, str]] = []
        for (person, _), posts in groupby(closing, key=lambda post: (post.person, post.hour)):
            found = apply_hour(self._rules, person, states[person], list(posts))
            states[person] = found.state
            alerts += found.alerts
            gathered.add(person, found.heard)
            self._tallies.add_present(found.present)
            for post in found.repeats:
                if post.key in fresh:
                    fresh[post.key].repeated = True
                else:
                    older.append((post.sent_at, post.key))
        mark_repeated(self._connection, older)
        if self._shadow:
            self._shadow.follow(self._connection, closing, fresh)
        save_states(self._connection, "person_states", states)
        gathered.save(self._connection)
        return alerts

    def _store_points(self, points: Sequence[NewPoint], *, keep_text: bool) -> None:
        insert_points(self._connection, points)
        if keep_text:
            insert_texts(self._connection, points, self._text_expires_at)
        add_to_buckets(self._connection, filter(None, (in_bucket(point, self._scale) for point in points)))
        self._tallies.add_points(points)
        self._tallies.save(self._connection)

    def _count(self, reads: Sequence[Read], points: Sequence[NewPoint], set_aside: int, alerts: int) -> Written:
        posts = sum(isinstance(read.record, NewPoint) for read in reads)
        scored = sum(point.scores is not None for point in points)
        return Written(
            stored=len(points),
            scored=scored,
            abstained=len(points) - scored,
            duplicates=posts - len(points),
            late=sum(point.late for point in points),
            set_aside=set_aside,
            alerts=alerts,
            languages=_by_language(points),
        )


def _by_language(points: Sequence[NewPoint]) -> tuple[tuple[str | None, bool, int], ...]:
    counts = Counter((point.language, point.scores is not None) for point in points)
    return tuple((language, scored, count) for (language, scored), count in counts.items())


def waits(point: NewPoint) -> bool:
    """Late posts and retweets are kept, but no detector hears of them."""
    return not point.late and not point.retweet


def in_hour(point: NewPoint, scale: Scale) -> WaitingInHour:
    """As detectors will hear it: what waits is on the scale of the baselines, what is stored as a point is not."""
    return WaitingInHour(
        person=point.person,
        hour=hour_of(point.sent_at),
        sent_at=point.sent_at,
        key=point.key,
        digest=point.digest,
        scores=scale.heard_of(point),
        partition=point.partition,
        language=point.language,
        channel=point.channel,
        model=point.model,
    )


def in_bucket(point: NewPoint, scale: Scale) -> WaitingInBucket | None:
    scores = scale.heard_of(point)
    if point.channel is None or scores is None or point.late:
        return None
    return WaitingInBucket(point.channel, bucket_of(point.sent_at), point.sent_at, point.key, point.person, scores)
