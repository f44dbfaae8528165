"""Sending dead letters again: marked only once the broker has them, so that a crash is repaired by repeating."""

from collections.abc import Sequence
from contextlib import suppress

from kafka import KafkaProducer
from kafka.errors import KafkaError
from sqlalchemy import Connection, Engine

from storage.database import transaction
from storage.dead_letters import Stored, find_dead_letter, list_dead_letters, mark_redriven, payload_of
from stream.errors import BrokerOutage, StreamError
from stream.messages import REDRIVE_HEADER
from stream.settings import Settings

AT_ONCE = 500


def redrive(settings: Settings, engine: Engine, ids: Sequence[str], reason: str | None) -> int:
    """Send the chosen dead letters to their partitions again; returns how many."""
    total = 0
    while True:
        with transaction(engine) as connection:
            letters = _by_id(connection, ids) if ids else list_dead_letters(connection, reason=reason, limit=AT_ONCE)
            payloads = [payload_of(connection, letter.id) for letter in letters]
            _send(settings, letters, payloads)
            mark_redriven(connection, [letter.id for letter in letters])
        total += len(letters)
        if ids or not letters:
            return total


def _by_id(connection: Connection, ids: Sequence[str]) -> list[Stored]:
    found = [letter for prefix in ids for letter in find_dead_letter(connection, prefix)]
    if len(found) != len(ids):
        raise StreamError("an ID names no dead letter, or several: see `tideline dlq list --all`")
    return found


def _send(settings: Settings, letters: Sequence[Stored], payloads: Sequence[bytes]) -> None:
    """Committed only after the broker has them: a crash here sends them again, which is harmless."""
    try:
        producer = KafkaProducer(bootstrap_servers=settings.kafka, acks="all")
        try:
            sent = [
                producer.send(
                    settings.posts_topic,
                    value=payload,
                    partition=letter.partition,
                    headers=[(REDRIVE_HEADER, letter.id.encode())],
                )
                for letter, payload in zip(letters, payloads, strict=True)
            ]
            for future in sent:
                future.get(timeout=30)
        finally:
            with suppress(KafkaError):
                producer.close(timeout=5)
    except (KafkaError, OSError) as error:
        raise BrokerOutage(
            f"the broker at {settings.kafka} did not take them ({type(error).__name__}): nothing was changed, "
            "start it and run this again"
        ) from error
