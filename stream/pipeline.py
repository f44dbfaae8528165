"""The pipeline: a batch of messages becomes points, series, states, alerts and dead letters, exactly once.

`process` may be called twice with the same messages, by two workers at once, or die anywhere: what is in
Postgres afterwards is as if it had run once. An outage raises and has written nothing; call it again.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Engine

from alerts.rules import Rules
from storage.database import transaction
from storage.errors import RowRefused
from storage.months import Months
from storage.people import opted_out
from storage.points import NewPoint
from stream.challenger.scoring import Challengers
from stream.challenger.shadow import Shadow
from stream.challenger.standing import Standing
from stream.channels import close_channels
from stream.community import close_community
from stream.faults import reach
from stream.following import Following
from stream.laps import Lap
from stream.messages import Message, Read
from stream.reading import Reader
from stream.transfers import Scales
from stream.writing import Writer, Written


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of one batch, for metrics and for the dead-letter limits."""

    messages: int
    written: Written
    read_seconds: float
    score_seconds: float
    write_seconds: float
    outcomes: tuple[bool, ...]  # one per message, in order: True if it was set aside
    newest_lag_seconds: float | None
    model: str  # the version of the main model
    models: Mapping[str, str]  # by language, the one version that scored all of it
    model_refused: str | None  # why the model chosen last is none of them
    challenger: Standing | None = None  # how the challenger fares, if one scores in shadow


@dataclass(frozen=True)
class Pipeline:
    """Everything a batch needs; made once per process."""

    engine: Engine
    reader: Reader
    rules: Rules
    topic: str
    lateness: timedelta
    text_keep: timedelta
    following: Following | None = None  # None: `reader` keeps its models
    challengers: Challengers | None = None  # None: nothing is ever scored in shadow

    @cached_property
    def scales(self) -> Scales:
        return Scales()

    @cached_property
    def months(self) -> Months:
        return Months(self.engine)

    def process(self, messages: Sequence[Message]) -> BatchReport:
        """Read, score and store one batch in log order; then evaluate the channels and the community it closed."""
        reach("after_poll")
        started = time.perf_counter()
        reader = self._reader_now()
        reads = reader.read(messages, self._opted_out)
        read_at = time.perf_counter()
        reads = reader.score(reads, messages)
        shadow = self._shadow(reader, reads)
        scored_at = time.perf_counter()
        reach("after_score")
        self.months.ensure(point.sent_at for point in points_of(reads))
        written = self._write_around_refusals(reader, reads, messages, shadow, Lap(started))
        reach("after_commit")
        routing = reader.routing
        closed = (self.engine, self.rules, self.topic, self.lateness, routing.signature)
        more_alerts = close_channels(*closed) + close_community(*closed)
        return BatchReport(
            messages=len(messages),
            written=replace(written, alerts=written.alerts + more_alerts),
            read_seconds=read_at - started,
            score_seconds=scored_at - read_at,
            write_seconds=time.perf_counter() - scored_at,
            outcomes=tuple(read.set_aside for read in reads),
            newest_lag_seconds=self._lag(messages),
            model=routing.main.version,
            models=routing.versions,
            model_refused=self.following.refused if self.following else None,
            challenger=self.challengers.standing if self.challengers else None,
        )

    def _reader_now(self) -> Reader:
        """Asked for once a batch, so that no language of a batch is scored by two models."""
        return replace(self.reader, routing=self.following.now()) if self.following else self.reader

    def _opted_out(self, persons: set[str]) -> set[str]:
        with transaction(self.engine) as connection:
            if self.challengers:
                self.challengers.look(connection)
            return opted_out(connection, persons)

    def _shadow(self, reader: Reader, reads: Sequence[Read]) -> Shadow | None:
        """What a challenger makes of its share of the batch, after the champion; it cannot stop or change that."""
        return self.challengers.score(reads, frozenset(reader.routing.by_version)) if self.challengers else None

    def _write_around_refusals(
        self, reader: Reader, reads: list[Read], messages: Sequence[Message], shadow: Shadow | None, lap: Lap
    ) -> Written:
        """Write the batch; if Postgres will not have one of its rows, halve until that one is set aside alone."""
        try:
            return self._write(reader, reads, shadow, lap)
        except RowRefused as error:
            if len(reads) == 1:
                reads[0] = reader.refused(messages[0], str(error))
                return self._write(reader, reads, shadow, lap)
        middle = len(reads) // 2
        first, second = reads[:middle], reads[middle:]
        written = self._write_around_refusals(reader, first, messages[:middle], shadow, lap)
        written += self._write_around_refusals(reader, second, messages[middle:], shadow, lap)
        reads[:] = first + second
        return written

    def _write(self, reader: Reader, reads: Sequence[Read], shadow: Shadow | None, lap: Lap) -> Written:
        with transaction(self.engine) as connection:
            writer = Writer(
                connection,
                self.rules,
                self.topic,
                reader.routing.signature,
                self.lateness,
                self.reader.clock() + self.text_keep,
                shadow,
                self.scales,
            )
            written = writer.write(reads, keep_text=bool(self.text_keep))
            lap.note(connection, reader.clock(), min(read.partition for read in reads), written)
            reach("in_transaction")
        lap.begin()
        return written

    def _lag(self, messages: Sequence[Message]) -> float | None:
        """Seconds from append to commit of the oldest message in the batch."""
        times: list[datetime] = [message.logged_at for message in messages if message.logged_at]
        return (self.reader.clock() - min(times)).total_seconds() if times else None


def points_of(reads: Sequence[Read]) -> list[NewPoint]:
    return [read.record for read in reads if isinstance(read.record, NewPoint)]
