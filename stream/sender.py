"""The producer side of Kafka: everything acknowledged by all replicas, in order, with bounded memory."""

import contextlib
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaConfigurationError,
    KafkaError,
    UnsupportedVersionError,
)

from stream.errors import BrokerOutage
from stream.positions import Position
from stream.topics import partition_of

MOST_UNACKNOWLEDGED = 20_000
DELIVERY_SECONDS = 120
READ_BACK_SECONDS = 3
LAST_SECONDS = 5
NAP_SECONDS = 0.25
NOT_IDEMPOTENT = (UnsupportedVersionError, ClusterAuthorizationFailedError, KafkaConfigurationError)


class Future(Protocol):
    """What a producer promises: done, and then failed or not."""

    is_done: bool
    exception: BaseException | None
    value: Any

    def get(self, timeout: float | None = None) -> Any: ...


class Producer(Protocol):
    """The part of a Kafka producer that a replay needs."""

    def send(self, topic: str, value: bytes, key: bytes | None = None, partition: int | None = None) -> Future: ...
    def flush(self, timeout: float | None = None) -> object: ...
    def close(self, timeout: float | None = None) -> object: ...


OpenProducer = Callable[[str, bool], Producer]


def open_producer(kafka: str, idempotent: bool) -> Producer:
    """A kafka-python producer. Without idempotence one request at a time keeps the order over retries."""
    producer: Producer = KafkaProducer(
        bootstrap_servers=kafka,
        client_id="tideline-replay",
        allow_auto_create_topics=False,
        acks="all",
        enable_idempotence=idempotent,
        max_in_flight_requests_per_connection=5 if idempotent else 1,
        linger_ms=20,
        batch_size=256 * 1024,
        delivery_timeout_ms=DELIVERY_SECONDS * 1000,
        max_block_ms=DELIVERY_SECONDS * 1000,
        reconnect_backoff_max_ms=2_000,
    )
    return producer


class LogLost(BrokerOutage):
    """The broker came back without its log: everything must be sent again."""


class Sender:
    """Sends numbered messages and knows up to which number everything is in the log."""

    def __init__(
        self, producer: Producer, topic: str, partitions: int, position: Position, stopping: Callable[[], bool]
    ) -> None:
        self._producer = producer
        self._topic = topic
        self._partitions = partitions
        self._stopping = stopping
        self._waiting: deque[tuple[int, Future]] = deque()
        self._offsets = dict(position.offsets)
        self._done = position.done
        self._partition_by_author: dict[str, int] = {}

    @property
    def position(self) -> Position:
        return Position(self._done, dict(self._offsets))

    def keyed(self, position: int, author: str, value: bytes) -> None:
        """Send to the partition of `author`, so that one person's posts stay in order."""
        key = author.encode("utf-8", "replace")
        self._send(position, value, key, self._partition(author))
        self._hold_back()

    def everywhere(self, position: int, value: bytes) -> None:
        """Send to every partition."""
        for partition in range(self._partitions):
            self._send(position, value, None, partition)
        self._hold_back()

    def collect(self) -> None:
        """Note what the broker has acknowledged; raise `BrokerOutage` if it gave up on a message."""
        while self._waiting and self._waiting[0][1].is_done:
            number, future = self._waiting[0]
            if future.exception is not None:
                raise _outage(future.exception)
            self._note(future.value.partition, future.value.offset)
            self._waiting.popleft()
            if not self._waiting or self._waiting[0][0] != number:
                self._done = number

    def _note(self, partition: int, offset: int) -> None:
        """Offsets of one partition only grow, unless the broker lost its log."""
        if 0 <= offset <= self._offsets.get(partition, -1):
            raise LogLost("the broker was restarted and has forgotten what it was sent.")
        self._offsets[partition] = offset

    def finish(self) -> None:
        """Wait until the broker has everything."""
        try:
            self._producer.flush(timeout=DELIVERY_SECONDS + 10)
        except KafkaError as error:
            raise _outage(error) from error
        self.collect()
        if self._waiting:
            raise BrokerOutage("the broker did not acknowledge the last messages in time.")

    def salvage(self) -> Position:
        """The position after a failure: what the broker can still say within a few seconds counts."""
        with contextlib.suppress(KafkaError):
            self._producer.flush(timeout=LAST_SECONDS)
        with contextlib.suppress(BrokerOutage):
            self.collect()
        return self.position

    def close(self) -> None:
        self._producer.close(timeout=1 if self._waiting else 10)

    def _send(self, position: int, value: bytes, key: bytes | None, partition: int) -> None:
        try:
            future = self._producer.send(self._topic, value=value, key=key, partition=partition)
        except KafkaError as error:
            raise _outage(error) from error
        self._waiting.append((position, future))

    def _hold_back(self) -> None:
        """Messages that wait for the broker wait in memory: never more than a fixed number."""
        if len(self._waiting) < MOST_UNACKNOWLEDGED:
            return
        self.collect()
        while len(self._waiting) >= MOST_UNACKNOWLEDGED and not self._stopping():
            with contextlib.suppress(KafkaError):  # a message given up on is found by collect
                self._waiting[MOST_UNACKNOWLEDGED // 2][1].get(timeout=NAP_SECONDS)
            self.collect()

    def _partition(self, author: str) -> int:
        found = self._partition_by_author.get(author)
        if found is None:
            if len(self._partition_by_author) >= 100_000:
                self._partition_by_author.clear()
            found = self._partition_by_author[author] = partition_of(author, self._partitions)
        return found


def _outage(error: BaseException) -> BrokerOutage:
    outage = BrokerOutage(f"the broker did not take a message ({type(error).__name__}).")
    outage.__cause__ = error
    return outage


def still_there(kafka: str, topic: str, position: Position) -> bool:
    """Whether the log still holds what was sent earlier: an in-memory broker forgets when it restarts.

    The last message itself is read back, because not every broker reports the ends of its logs right.
    """
    if not position.offsets:
        return False
    partition, offset = max(position.offsets.items(), key=lambda item: item[1])
    place = TopicPartition(topic, partition)
    try:
        consumer = KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False)
        try:
            consumer.assign([place])
            consumer.seek(place, offset)
            found = consumer.poll(timeout_ms=READ_BACK_SECONDS * 1000, max_records=1).get(place, [])
        finally:
            consumer.close()
    except (KafkaError, OSError, ValueError) as error:
        raise _outage(error) from error
    return any(record.offset >= offset for record in found)
