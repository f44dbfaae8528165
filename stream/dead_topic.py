"""Publishing dead letters to their Kafka topic, after Postgres has them.

The table is the record; the topic is for other consumers. A letter published twice (a crash between sending
and marking) carries the same id. Headers tell where it came from and why, never who wrote what.
"""

import logging
import threading

from sqlalchemy import Engine

from storage.database import transaction
from storage.dead_letters import Stored, mark_published, take_unpublished
from storage.errors import StorageError
from stream.errors import BrokerOutage
from stream.sending import Outgoing, send_all

log = logging.getLogger("tideline.dead")
RETRY_SECONDS = 5.0
LARGEST_PUBLISHED = 1_000_000  # with its headers it must fit 1 MiB, Kafka's limit, or it would block all behind it


class DeadTopic:
    """A background thread that publishes whatever the table holds unpublished."""

    def __init__(self, engine: Engine, kafka: str, topic: str) -> None:
        self._engine, self._kafka, self._topic = engine, kafka, topic
        self._work = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="dead-topic")

    def start(self) -> None:
        self.wake()
        self._thread.start()

    def wake(self) -> None:
        self._work.set()

    def stop(self) -> None:
        self._stop.set()
        self.wake()
        if self._thread.ident:
            self._thread.join(RETRY_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._work.wait()
            self._work.clear()
            try:
                while publish_dead_letters(self._engine, self._kafka, self._topic):
                    pass
            except (StorageError, BrokerOutage) as error:
                self._wait(str(error))
            except Exception as error:  # the table has them; this thread must outlive whatever it met
                self._wait(f"unexpected {type(error).__name__}")

    def _wait(self, reason: str) -> None:
        log.warning("dead letters wait to be published: %s", reason)
        self._stop.wait(RETRY_SECONDS)
        self.wake()


def publish_dead_letters(engine: Engine, kafka: str, topic: str) -> int:
    """Publish one round of unpublished dead letters; returns how many."""
    with transaction(engine) as connection:
        letters = take_unpublished(connection)
        if letters:
            send_all(kafka, topic, [_outgoing(letter, raw) for letter, raw in letters])
            mark_published(connection, [letter.id for letter, _ in letters])
    return len(letters)


def _outgoing(letter: Stored, raw: bytes) -> Outgoing:
    return Outgoing(raw[:LARGEST_PUBLISHED], headers_of(letter), letter.id.encode())


def headers_of(letter: Stored) -> list[tuple[str, bytes]]:
    """Where it came from and why it is here; safe to log."""
    fields = {
        "tideline-reason": letter.reason,
        "tideline-digest": letter.digest,
        "tideline-topic": letter.topic,
        "tideline-partition": letter.partition,
        "tideline-offset": letter.log_offset,
        "tideline-time": letter.log_time.isoformat() if letter.log_time else "",
        "tideline-file": letter.file or "",
        "tideline-line": letter.line or "",
        "tideline-code": letter.code,
        "tideline-model": letter.model,
        "tideline-attempts": letter.attempts,
    }
    return [(name, str(value).encode()) for name, value in fields.items()]
