"""Replay: the posts of files, sent to Kafka as if they were being written now."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from stream.errors import BrokerOutage, StreamError
from stream.files import shown
from stream.pace import Pace
from stream.positions import Position, PositionFile
from stream.progress import Progress, progress_bar
from stream.replay_summary import ReplaySummary, report
from stream.sender import NAP_SECONDS, NOT_IDEMPOTENT, LogLost, OpenProducer, Sender, open_producer, still_there
from stream.sequence import Message, ReplayOptions, Survey, messages, survey
from stream.settings import Settings
from stream.stopping import Stop, stop_on_signals
from stream.topics import ensure_topics

SAVE_SECONDS = 2.0
Clock = Callable[[], float]
Sleep = Callable[[float], None]


class _StoppedError(Exception):
    """Somebody asked while nothing was being sent."""


def replay(
    settings: Settings,
    paths: Sequence[str],
    options: ReplayOptions,
    *,
    clock: Clock = time.monotonic,
    sleep: Sleep = time.sleep,
    show: bool | None = None,
    restart: bool = False,
    stop: Stop | None = None,
    stdin: BinaryIO | None = None,
    producer: OpenProducer = open_producer,
) -> ReplaySummary:
    """Send the files' messages to the posts topic, from where an interrupted replay of them stopped.

    The position is saved only behind what every replica has, so a message may be sent twice and none is
    missing. A broker that goes away is waited for; after two minutes the replay ends with `BrokerOutage`.
    """
    with stop_on_signals(stop or Stop()) as asked:
        run = _Run(settings, paths, options, clock, sleep, show, asked, stdin, producer)
        return run.go(restart)


@dataclass(slots=True)
class _Run:
    settings: Settings
    paths: Sequence[str]
    options: ReplayOptions
    clock: Clock
    sleep: Sleep
    show: bool | None
    stop: Stop
    stdin: BinaryIO | None
    open_producer: OpenProducer

    def go(self, restart: bool) -> ReplaySummary:
        summary = ReplaySummary(files=[shown(path) for path in self.paths])
        identity = self.options.identity() | {"topic": self.settings.posts_topic}
        saved = PositionFile(self.settings.data_dir / "replays", self.paths, identity)
        began = self.clock()
        try:
            found = self._survey()
            summary.reading_seconds = self.clock() - began
            partitions = ensure_topics(
                self.settings.kafka,
                self.settings.posts_topic,
                self.settings.dead_topic,
                self.settings.partitions,
            )
            start = Position() if restart else self._start(saved, summary)
            self._send_idempotent(found, saved, start, partitions, summary)
            report(found, summary)
        except _StoppedError:
            pass
        summary.seconds = self.clock() - began - summary.reading_seconds
        if self.stop.asked:
            self._say_how_to_go_on(saved, summary)
        return summary

    def _survey(self) -> Survey:
        with progress_bar("Reading", None, " rows", show=self.show) as bar:
            return survey(self.paths, self.options, self.stdin, watch=lambda count: self._watch(bar, count))

    def _watch(self, bar: Progress | None, count: int) -> None:
        if bar is not None:
            bar.advance(count)
        if self.stop.asked:
            raise _StoppedError

    def _start(self, saved: PositionFile, summary: ReplaySummary) -> Position:
        position = saved.load()
        if not position.done:
            return position
        if not still_there(self.settings.kafka, self.settings.posts_topic, position):
            summary.notes.append("an earlier replay was interrupted, but its log is gone: started over")
            return Position()
        summary.resumed_after = position.done
        summary.notes.append(f"went on after message {position.done:,} of an interrupted replay")
        return position

    def _send_idempotent(
        self, found: Survey, saved: PositionFile, start: Position, partitions: int, summary: ReplaySummary
    ) -> None:
        """Let the broker drop what a retry repeats; where it cannot, send without that and say so."""
        try:
            self._send(found, saved, start, partitions, summary, idempotent=True)
        except (BrokerOutage, *NOT_IDEMPOTENT) as error:
            refused = isinstance(error, NOT_IDEMPOTENT) or isinstance(error.__cause__, NOT_IDEMPOTENT)
            if not refused or summary.position > start.done:
                raise
            summary.notes.append("the broker knows no idempotent producers: a retry may repeat a message")
            summary.posts = summary.ticks = summary.bad_rows = 0
            self._send(found, saved, start, partitions, summary, idempotent=False)

    def _send(
        self,
        found: Survey,
        saved: PositionFile,
        start: Position,
        partitions: int,
        summary: ReplaySummary,
        idempotent: bool,
    ) -> None:
        producer = self.open_producer(self.settings.kafka, idempotent)
        topic = self.settings.posts_topic
        sender = Sender(producer, topic, partitions, start, lambda: self.stop.asked)
        try:
            with progress_bar("Replaying", self._total(found), show=self.show) as bar:
                self._send_all(self._from(found, start), sender, saved, bar, summary)
            if self.stop.asked:
                sender.salvage()
            else:
                sender.finish()
        except StreamError as error:
            kept = sender.salvage()
            summary.position = kept.done
            if isinstance(error, LogLost):
                saved.forget()
            else:
                saved.save(kept)
            raise self._with_advice(error, kept) from error.__cause__
        finally:
            sender.close()
        self._settle(saved, sender.position, summary)

    def _settle(self, saved: PositionFile, position: Position, summary: ReplaySummary) -> None:
        summary.position = position.done
        if self.stop.asked:
            saved.save(position)
        else:
            saved.forget()

    def _from(self, found: Survey, start: Position) -> Iterator[Message]:
        sequence = messages(
            self.paths,
            self.options,
            surveyed=found,
            stdin=self.stdin,
            watch=lambda count: self._watch(None, count),
        )
        return (message for message in sequence if message.position > start.done)

    def _send_all(
        self,
        sequence: Iterator[Message],
        sender: Sender,
        saved: PositionFile,
        bar: Progress,
        summary: ReplaySummary,
    ) -> None:
        pace, save_at = Pace(self.options.speed, self.options.rate, self.clock), self.clock() + SAVE_SECONDS
        try:
            for message in sequence:
                self._wait(pace, message, sender)
                if self.stop.asked:
                    return
                _send_one(message, sender, summary)
                if message.kind == "post":
                    pace.sent()
                    bar.advance()
                if self.clock() >= save_at:
                    sender.collect()
                    saved.save(sender.position)
                    save_at = self.clock() + SAVE_SECONDS
        except _StoppedError:
            return

    def _wait(self, pace: Pace, message: Message, sender: Sender) -> None:
        if message.kind != "post" or message.at is None:
            return
        while (left := pace.due_in(message.at)) > 0 and not self.stop.asked:
            sender.collect()
            self.sleep(min(left, NAP_SECONDS))

    def _total(self, found: Survey) -> int | None:
        if not found.surveyed or self.options.since or self.options.until:
            return None
        return found.rows if self.options.limit is None else min(found.rows, self.options.limit)

    def _with_advice(self, error: StreamError, position: Position) -> StreamError:
        if isinstance(error, LogLost):
            return BrokerOutage(f"The replay stopped: {error} Run the same command again, it starts over.")
        if not isinstance(error, BrokerOutage):
            return error
        again = "run the same command again, it goes on there"
        return BrokerOutage(f"The replay stopped after message {position.done:,}: {error} When it is back, {again}.")

    def _say_how_to_go_on(self, saved: PositionFile, summary: ReplaySummary) -> None:
        summary.interrupted, summary.exit_code = True, self.stop.exit_code
        if saved.path is None:
            summary.notes.append("stopped; stdin cannot be resumed")
        else:
            after = f"after message {summary.position:,}"
            summary.notes.append(f"stopped {after}: run the same command again to go on there, --restart to start over")


def _send_one(message: Message, sender: Sender, summary: ReplaySummary) -> None:
    if message.kind == "tick":
        sender.everywhere(message.position, message.value)
        summary.ticks += 1
        return
    sender.keyed(message.position, message.author, message.value)
    if message.kind == "post":
        summary.posts += 1
    else:
        summary.bad_rows += 1
