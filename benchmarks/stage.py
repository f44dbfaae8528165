"""A stage for one run: embedded Postgres and broker in a folder of their own, and worker processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kafka import KafkaProducer
from sqlalchemy import Engine, text

from storage.database import make_engine, transaction
from storage.migrate import migrate
from storage.progress import register_partitions
from stream.services import embedded
from stream.services.postgres import start_postgres, stop_postgres
from stream.topics import ensure_topics, partition_of

PARTITIONS = 4


@dataclass
class Stage:
    """Where things are; `topic` gives every measurement a log and a group of its own."""

    folder: Path
    kafka: str
    database: str
    engine: Engine
    number: int = 0

    def topic(self) -> str:
        self.number += 1
        name = f"bench{self.number}"
        ensure_topics(self.kafka, name, f"{name}.dead", PARTITIONS)
        with transaction(self.engine) as connection:
            register_partitions(connection, name, PARTITIONS)
        return name

    def clear(self) -> None:
        with transaction(self.engine) as connection:
            connection.execute(
                text(
                    "TRUNCATE points, post_keys, post_texts, waiting_posts, waiting_channel_posts, person_states, "
                    "channel_states, channel_hours, channel_days, everyone_hours, everyone_days, model_hours, "
                    "model_days, abstentions, throughput, community_hours, community_state, cohort_episodes, "
                    "day_tests, alerts, outbox, dead_letters, partition_progress"
                )
            )

    @contextmanager
    def workers(self, topic: str, count: int, threads: int) -> Iterator[list[subprocess.Popen[bytes]]]:
        """Worker processes, ready to take posts when the block begins."""
        health = [self.folder / f"{topic}-{number}.health" for number in range(count)]
        processes = [self._worker(topic, path, threads) for path in health]
        try:
            wait_until(lambda: all(path.exists() and '"not_ready": null' in path.read_text() for path in health))
            yield processes
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                process.wait(60)

    def _worker(self, topic: str, health: Path, threads: int) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "TIDELINE_MODE": "demo",
            "TIDELINE_KAFKA": self.kafka,
            "TIDELINE_DATABASE": self.database,
            "TIDELINE_POSTS_TOPIC": topic,
            "TIDELINE_DEAD_TOPIC": f"{topic}.dead",
            "TIDELINE_GROUP": topic,
            "TIDELINE_HEALTH_FILE": str(health),
            "TIDELINE_TORCH_THREADS": str(threads),
            "OMP_NUM_THREADS": str(threads),
        }
        command = [sys.executable, "-m", "stream.cli", "worker", "--quiet"]
        return subprocess.Popen(command, env=environment, cwd=self.folder)

    def send(self, topic: str, posts: list[tuple[str, bytes]], pause: Callable[[int], None] = lambda _: None) -> None:
        producer = KafkaProducer(bootstrap_servers=self.kafka, acks="all", linger_ms=20, batch_size=256 * 1024)
        for number, (author, value) in enumerate(posts):
            pause(number)
            producer.send(topic, value=value, key=author.encode(), partition=partition_of(author, PARTITIONS))
        producer.flush()
        producer.close()

    def stored(self) -> int:
        with transaction(self.engine) as connection:
            return int(connection.execute(text("SELECT count(*) FROM post_keys")).scalar_one())


@contextmanager
def open_stage(folder: Path) -> Iterator[Stage]:
    services = embedded.up(folder)
    engine = make_engine(services.database)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ALTER SYSTEM SET track_commit_timestamp = on"))
    engine.dispose()
    stop_postgres(folder / "postgres")
    database = start_postgres(folder / "postgres")
    engine = make_engine(database)
    migrate(engine)
    try:
        yield Stage(folder, services.kafka, database, engine)
    finally:
        engine.dispose()
        embedded.down(folder)


def wait_until(done: Callable[[], bool], seconds: float = 900.0, every: float = 0.05) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError("the benchmark waited too long for the worker")
        time.sleep(every)
