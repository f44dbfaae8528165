"""The one sequence of messages that a set of files means. Replay sends it; the offline oracle reads it.

It depends on the files and the options alone: not on speed, restarts or the broker.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Literal, NamedTuple

import orjson

from stream.csv import read_records
from stream.files import STDIN
from stream.mapping import Mapping
from stream.order import CHUNK, Item, in_time_order
from stream.posts import OLDEST
from stream.rows import FIRST_TIME, ONE_SECOND, BadLine, Fill, Row

HOUR = timedelta(hours=1)
GRACE = timedelta(minutes=5)
Kind = Literal["post", "tick", "bad"]
Sort = Literal["auto", "always", "never"]
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_LAST_MOMENT = datetime.max.replace(tzinfo=UTC)


class Message(NamedTuple):
    """What is sent next. A tick goes to every partition; `author` is the key of the others."""

    kind: Kind
    author: str
    value: bytes
    at: datetime | None
    position: int


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """Everything that decides which messages a set of files becomes, and how fast they are sent.

    `speed` 0 is as fast as possible; `speed` 60 makes an hour of the file last a minute. `rate` limits
    messages per second; 0 does not. Posts later than `not_after` move no clock: the worker refuses them.
    """

    mapping: Mapping | None = None
    source: str = ""
    channel: str = ""
    start: datetime = FIRST_TIME
    step: timedelta = ONE_SECOND
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    sort: Sort = "auto"
    lateness: timedelta = timedelta(minutes=10)
    close: bool = True
    not_after: datetime = _LAST_MOMENT
    speed: float = 0.0
    rate: float = 0.0

    def identity(self) -> dict[str, str]:
        """What decides the sequence, to tell one replay from another."""
        names = (
            "mapping",
            "source",
            "channel",
            "start",
            "step",
            "since",
            "until",
            "limit",
            "sort",
            "lateness",
        )
        return {name: str(getattr(self, name)) for name in (*names, "close")}

    @property
    def fill(self) -> Fill:
        return Fill(self.source, self.channel, self.start, self.step)


@dataclass(slots=True)
class Survey:
    """What one reading of the files found out."""

    rows: int = 0
    bad: int = 0
    filled: int = 0
    first: datetime | None = None
    last: datetime | None = None
    disorder: timedelta = timedelta(0)
    sorted: bool = False
    surveyed: bool = False

    def note(self, row: Row | BadLine) -> None:
        if isinstance(row, BadLine):
            self.bad += 1
            return
        self.rows += 1
        self.filled += row.filled
        at = row.sent_at
        if self.last is None or self.first is None:
            self.first = self.last = at
        elif at >= self.last:
            self.last = at
        else:
            self.disorder = max(self.disorder, self.last - at)
            self.first = min(self.first, at)


def survey(
    paths: Sequence[str],
    options: ReplayOptions,
    stdin: BinaryIO | None = None,
    watch: Callable[[int], None] | None = None,
) -> Survey:
    """Read the files once to count their rows and to see whether they must be sorted.

    Stdin can be read only once, so with it nothing is counted and only `sort="always"` sorts.
    """
    found = Survey(sorted=options.sort == "always")
    if STDIN in paths:
        return found
    for row in _watched(rows_in(paths, options, stdin), watch):
        found.note(row)
    found.surveyed = True
    found.sorted = options.sort == "always" or (options.sort == "auto" and found.disorder > options.lateness)
    return found


def _watched(
    rows: Iterable[Row | BadLine], watch: Callable[[int], None] | None, every: int = 1000
) -> Iterator[Row | BadLine]:
    """Tell `watch` now and then how many more rows were read; it may raise, to stop the reading."""
    number = 0
    for number, row in enumerate(rows, 1):
        yield row
        if watch and not number % every:
            watch(every)
    if watch and number % every:
        watch(number % every)


def _noted(rows: Iterable[Row | BadLine], found: Survey) -> Iterator[Row | BadLine]:
    for row in rows:
        found.note(row)
        yield row


def rows_in(paths: Sequence[str], options: ReplayOptions, stdin: BinaryIO | None = None) -> Iterator[Row | BadLine]:
    """The rows of all files, one after the other; times are filled in across files."""
    fill = options.fill
    for path in paths:
        last = None
        for row in read_records(path, options.mapping, fill, stdin):
            if isinstance(row, Row):
                last = row.sent_at
            yield row
        if last is not None and last <= _LAST_MOMENT - fill.step:
            fill = replace(fill, start=last + fill.step)


def messages(
    paths: Sequence[str],
    options: ReplayOptions,
    *,
    surveyed: Survey | None = None,
    stdin: BinaryIO | None = None,
    chunk: int = CHUNK,
    watch: Callable[[int], None] | None = None,
) -> Iterator[Message]:
    """Posts in order, bad rows beside them, a tick for every new hour and one that closes the last.

    Positions count from 1. The same files and options give the same messages, always.
    """
    found = surveyed or survey(paths, options, stdin)
    rows = _watched(rows_in(paths, options, stdin), watch)
    items = _items(rows if found.surveyed else _noted(rows, found))
    if found.sorted:
        items = in_time_order(items, chunk)
    return _numbered(_with_ticks(_chosen(items, options), options))


def _items(rows: Iterable[Row | BadLine]) -> Iterator[Item]:
    """A bad row has no time: it stays beside the post before it."""
    at = _LONG_AGO
    for position, row in enumerate(rows):
        if isinstance(row, Row):
            at = row.sent_at
            yield Item(at, position, row.author, row.value())
        else:
            yield Item(at, position, row.file, row.value(), True)


def _chosen(items: Iterable[Item], options: ReplayOptions) -> Iterator[Item]:
    since, until = options.since or _LONG_AGO, options.until or _LAST_MOMENT
    left = options.limit
    for item in items:
        if not since <= item.at < until:
            continue
        if not item.bad and left is not None:
            if left <= 0:
                return
            left -= 1
        yield item


def _with_ticks(items: Iterable[Item], options: ReplayOptions) -> Iterator[Message]:
    latest, ticked = None, _LONG_AGO
    not_after = options.not_after
    for item in items:
        if item.bad:
            yield Message("bad", item.author, item.value, None, 0)
            continue
        at = item.at
        yield Message("post", item.author, item.value, at, 0)
        if (latest is None or at > latest) and OLDEST <= at <= not_after:
            latest = at
            if at >= ticked + HOUR:
                ticked = at.replace(minute=0, second=0, microsecond=0)
                if ticked >= OLDEST:
                    yield _tick(ticked)
    if latest is not None and options.close:
        yield _tick(_closing(latest, options))


def _closing(latest: datetime, options: ReplayOptions) -> datetime:
    """Late enough to close every hour and bucket, but never in the future: that the worker refuses."""
    room = min(HOUR + options.lateness + GRACE, _LAST_MOMENT - latest)
    return max(latest, min(latest + room, options.not_after))


def _tick(at: datetime) -> Message:
    return Message("tick", "", orjson.dumps({"tick": at.isoformat()}), at, 0)


def _numbered(found: Iterable[Message]) -> Iterator[Message]:
    for position, message in enumerate(found, 1):
        yield message._replace(position=position)
