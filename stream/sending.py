"""A handful of messages sent at once, all or an error: dead letters and their redrive."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError

from stream.errors import BrokerOutage
from stream.topics import knock

PATIENCE_SECONDS = 30


class Outgoing(NamedTuple):
    """One message on its way to a topic."""

    value: bytes
    headers: list[tuple[str, bytes]]
    key: bytes | None = None
    partition: int | None = None


def send_all(kafka: str, topic: str, messages: Sequence[Outgoing]) -> None:
    """Return once every replica has every message; otherwise raise, and some may have been sent."""
    try:
        knock(kafka)
        producer = KafkaProducer(bootstrap_servers=kafka, acks="all", delivery_timeout_ms=PATIENCE_SECONDS * 1000)
        try:
            sent = [
                producer.send(topic, value=m.value, key=m.key, partition=m.partition, headers=m.headers)
                for m in messages
            ]
            for future in sent:
                future.get(timeout=PATIENCE_SECONDS)
        finally:
            with suppress(KafkaError):
                producer.close(timeout=5)
    except (KafkaError, OSError, ValueError) as error:
        raise BrokerOutage(
            f"the broker at {kafka} did not take messages for {topic} ({type(error).__name__}): "
            "nothing was changed; start it and try again"
        ) from error
