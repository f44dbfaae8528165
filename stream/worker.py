"""The Kafka worker: the only place that awaits. It hands batches to `pipeline.process` and does little else.

What Faust would get wrong is put right here, each with its reason:
- the agent never raises, because Faust acknowledges what an agent raised on (robinhood/faust #604);
- only offsets of batches that Postgres has committed are committed, because Faust also acknowledges
  what it skips while it rebalances;
- SIGTERM lets the batch in hand finish before the group is left.
"""

import asyncio
import logging
import os
import random
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast

import faust
import orjson
from aiokafka.errors import IllegalStateError
from faust.types import TP

from models.errors import ModelOutage
from storage.errors import StorageOutage
from stream.consumer import PostgresFirst
from stream.dead_topic import DeadTopic
from stream.errors import BrokerOutage, StreamError, TooManyDeadLetters
from stream.health import Health
from stream.limits import DeadLetterLimits
from stream.messages import REDRIVE_HEADER, Message
from stream.metrics import Metrics
from stream.pipeline import BatchReport, Pipeline
from stream.settings import Settings
from stream.topics import knock

log = logging.getLogger("tideline.worker")

OUTAGES = (StorageOutage, ModelOutage, BrokerOutage)
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
DRAIN_FAILED = 4
BROKER_AWAY = "the broker does not answer"
LOOK_EVERY = 5  # beats


class DisklessApp(faust.App):
    """A Faust app that keeps nothing on disk: with no tables it would make folders and never use them."""

    def _create_directories(self) -> None:
        """None are needed, so an external deployment needs no writable folder either."""


class StreamWorker:
    """One process of the worker group."""

    def __init__(
        self, settings: Settings, pipeline: Pipeline, dead_topic: DeadTopic, health: Health, metrics: Metrics
    ) -> None:
        self._settings = settings
        self.drain_seconds = settings.drain_seconds
        self._pipeline = pipeline
        self._dead_topic = dead_topic
        self._health = health
        self._metrics = metrics
        self._limits = DeadLetterLimits(settings.dead_share, settings.dead_window, settings.dead_run)
        self._busy = asyncio.Lock()
        self._stopping = asyncio.Event()
        self.failure: Exception | None = None
        self.app = self._make_app()

    def run(self) -> None:
        """Work until a signal or a failure; raises the failure."""
        process = DrainingProcess(self, self.app, loglevel="WARN", redirect_stdouts=False, quiet=True)
        try:
            process.execute_from_commandline()
        except SystemExit as done:
            if self.failure is None and done.code:  # Faust turns a crash of its own into a mere exit code
                raise _crashed(done.__context__) from done.__context__
        if self.failure is not None:
            raise self.failure

    def _make_app(self) -> faust.App:
        s = self._settings
        app = DisklessApp(
            s.group,
            broker=f"kafka://{s.kafka}",
            store="memory://",
            web_enabled=False,
            topic_disable_leader=True,
            topic_allow_declare=False,
            consumer_auto_offset_reset="earliest",
            broker_session_timeout=s.session_seconds,
            broker_heartbeat_interval=max(1.0, s.session_seconds / 10),
            broker_commit_interval=0.5,
            broker_max_poll_interval=3600.0,
            stream_buffer_maxsize=2 * s.batch_size,
            stream_wait_empty=False,
            key_serializer="raw",
            value_serializer="raw",
        )
        cast(Any, app.transport).Consumer = PostgresFirst
        topic = app.topic(s.posts_topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
        app.agent(topic, concurrency=1)(self._score_posts)
        app.task()(self._beat)
        if s.tick_seconds:
            app.timer(s.tick_seconds)(self._tick)
        return app

    async def _score_posts(self, stream: Any) -> None:
        cast(PostgresFirst, self.app.consumer).inbox = stream.channel.queue
        async for events in stream.noack_take(self._settings.batch_size, within=self._settings.batch_seconds):
            async with self._busy:
                if not self._stopping.is_set():
                    await self._handle(stream, events)

    async def _handle(self, stream: Any, events: Sequence[Any]) -> None:
        """Process one batch to its commit, then acknowledge it. Never raises."""
        consumer = cast(PostgresFirst, self.app.consumer)
        messages, again = consumer.contiguity.keep([message_of(event.message) for event in events])
        for partition, offset in again.items():
            log.warning("partition %d is read again from offset %d", partition, offset)
            with suppress(IllegalStateError):  # taken away meanwhile: its next owner starts where we committed
                await consumer.seek(TP(self._settings.posts_topic, partition), offset)
        try:
            report = await self._process(messages) if messages else None
        except Exception as error:
            self.fail(error)
            return
        if report is not None:
            for partition, offset in {message.partition: message.offset for message in messages}.items():
                consumer.processed[TP(self._settings.posts_topic, partition)] = offset + 1
            for event in {event.message.tp: event for event in events}.values():
                await stream.ack(event)  # the last of each partition is enough to have its offset committed
            self._note(report)

    async def _process(self, messages: list[Message]) -> BatchReport | None:
        """Retry an outage in place, with the partitions paused, until it is over; None: told to stop meanwhile."""
        pause, paused_at = FIRST_PAUSE, None
        while not self._stopping.is_set():
            try:
                report = await asyncio.to_thread(self._pipeline.process, messages)
            except OUTAGES as error:
                paused_at = paused_at or self._pause(error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause * random.uniform(0.5, 1.0))
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                if paused_at is not None:
                    self._resume(paused_at)
                return report
        return None

    def _pause(self, error: Exception) -> float:
        log.warning("paused: %s", error)
        self._health.outage = str(error)
        self.app.consumer.pause_partitions(self.app.consumer.assignment())
        return time.monotonic()

    def _resume(self, paused_at: float) -> None:
        seconds = time.monotonic() - paused_at
        self._metrics.paused_seconds.inc(seconds)
        self._health.outage = None
        self.app.consumer.resume_partitions(self.app.consumer.assignment())
        log.warning("going on after %.1f s of outage; nothing was lost", seconds)

    def _note(self, report: BatchReport) -> None:
        self._metrics.note(report)
        self._health.model, self._health.models = report.model, report.models
        self._health.model_refused = report.model_refused
        self._health.challenger = report.challenger.as_dict() if report.challenger else None
        self._health.beat()
        if report.written.set_aside:
            self._dead_topic.wake()
        try:
            self._limits.note(report.outcomes)
        except TooManyDeadLetters as error:
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """Stop loudly. What was not acknowledged comes again after the restart."""
        if self.failure is None:
            self.failure = error
            os.kill(os.getpid(), 15)

    async def drain(self) -> None:
        """Let the batch in hand finish and commit its offsets, within the stated time."""
        self._stopping.set()
        try:
            async with asyncio.timeout(self._settings.drain_seconds), self._busy:
                if self.app.consumer is not None:
                    await self.app.consumer.commit()
        except TimeoutError:
            log.error("the batch in hand did not finish in time; it will be processed again after the restart")
            os._exit(DRAIN_FAILED)

    async def _beat(self) -> None:
        """Show that the loop turns and whether work can arrive."""
        beats = 0
        while not self.app.should_stop:
            self._health.assigned = len(self.app.consumer.assignment())
            self._health.beat()
            beats += 1
            if beats % LOOK_EVERY == 0:
                await self._look_for_the_broker()
            await asyncio.sleep(1.0)

    async def _look_for_the_broker(self) -> None:
        """Readiness knows about Postgres and the model from the batches; an idle worker must ask the broker."""
        try:
            await asyncio.to_thread(knock, self._settings.kafka)
        except (OSError, ValueError):
            if self._health.outage is None:
                log.warning("the broker at %s does not answer; the worker waits for it", self._settings.kafka)
                self._health.outage = BROKER_AWAY
        else:
            if self._health.outage == BROKER_AWAY:
                self._health.outage = None
                log.warning("the broker answers again")

    async def _tick(self) -> None:
        """Move the clock of the partitions this worker reads, so that silent people are evaluated too."""
        value = orjson.dumps({"tick": datetime.now(UTC).isoformat()})
        try:
            for tp in self.app.consumer.assignment():
                await self.app.producer.send(tp.topic, None, value, tp.partition, None, {})
        except Exception as error:  # a tick that is not sent is made good by the next one
            log.warning("a tick was not sent (%s)", type(error).__name__)


class DrainingProcess(faust.Worker):
    """Faust's process wrapper, taught to drain before it leaves the group."""

    def __init__(self, owner: StreamWorker, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spinner = None  # draws on the terminal even when quiet
        self._owner = owner
        self._draining: asyncio.Task[None] | None = None

    def _setup_logging(self) -> None:
        """Logging is the command's business; mode would replace what the command has set up."""

    def _on_sigterm(self) -> None:
        self._drain_once(super()._on_sigterm)

    def _on_sigint(self) -> None:
        self._drain_once(super()._on_sigterm)

    def _drain_once(self, then: Any) -> None:
        """The clock runs over the whole stop: Faust itself waits for ever for a broker that is away."""
        if self._draining is None:
            deadline = threading.Timer(self._owner.drain_seconds, os._exit, (DRAIN_FAILED,))
            deadline.daemon = True
            deadline.start()
            self._draining = self.loop.create_task(self._drain(then))

    async def _drain(self, then: Any) -> None:
        try:
            await self._owner.drain()
        finally:
            then()


def _crashed(reason: BaseException | None) -> StreamError:
    what = type(reason).__name__ if reason else "no reason given"
    return StreamError(f"the worker stopped by itself ({what}): start it again, with `tideline --debug` to see why")


def message_of(raw: Any) -> Message:
    """What Faust hands over, as ours. Headers and timestamps are the producer's word: nonsense counts as none."""
    redrive = dict(raw.headers or {}).get(REDRIVE_HEADER)
    return Message(raw.partition, raw.offset, raw.value, _time_of(raw.timestamp), _id_of(redrive))


def _time_of(timestamp: float | None) -> datetime | None:
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(timestamp, UTC) if timestamp and timestamp > 0 else None
    return None


def _id_of(header: bytes | None) -> str | None:
    with suppress(ValueError):
        return str(uuid.UUID(header.decode())) if header else None
    return None
