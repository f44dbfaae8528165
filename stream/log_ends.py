"""How long the log is, to tell how far behind the worker is."""

import time
from contextlib import suppress

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from stream.errors import BrokerOutage
from stream.topics import knock

PATIENCE_SECONDS = 3.0


def end_offsets(kafka: str, topic: str) -> dict[int, int]:
    """The next offset of each partition; empty while the broker cannot be asked.

    The embedded broker answers with the last *batch's* first offset, so the batch at the end is read too.
    """
    with suppress(BrokerOutage, KafkaError, OSError, ValueError, AssertionError):
        knock(kafka)
        consumer = KafkaConsumer(
            bootstrap_servers=kafka, request_timeout_ms=5000, session_timeout_ms=4000, enable_auto_commit=False
        )
        try:
            numbers = consumer.partitions_for_topic(topic) or set()
            said = consumer.end_offsets([TopicPartition(topic, number) for number in numbers])
            return _read_the_ends(consumer, said)
        finally:
            consumer.close()
    return {}


def _read_the_ends(consumer: KafkaConsumer, said: dict[TopicPartition, int]) -> dict[int, int]:
    filled = {place: end for place, end in said.items() if end > 0}
    consumer.assign(list(filled))
    for place, end in filled.items():
        consumer.seek(place, end - 1)
    ends = dict(said)
    missing = set(filled)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while missing and time.monotonic() < deadline:
        for place, records in consumer.poll(timeout_ms=200).items():
            ends[place] = max(ends[place], records[-1].offset + 1)
            missing.discard(place)
    return {place.partition: end for place, end in ends.items()}
