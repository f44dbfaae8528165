"""One deployment under test: topics, a group and a database of its own, and worker processes to kill."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient
from sqlalchemy import Engine, text

from storage.database import make_engine, transaction
from stream.cli import main
from stream.health import read_health
from stream.log_ends import end_offsets
from stream.services.process import free_port
from tests.end_to_end.waiting import eventually

ROOT = Path(__file__).parents[2]
PARTITIONS = 3
Process = subprocess.Popen[bytes]


def settings_of(kafka: str, database: str, folder: Path) -> dict[str, str]:
    """The settings of a site that shares its broker with others."""
    name = uuid.uuid4().hex[:8]
    return {
        "TIDELINE_MODE": "demo",
        "TIDELINE_MODEL": "keywords",
        "TIDELINE_KAFKA": kafka,
        "TIDELINE_DATABASE": database,
        "TIDELINE_DATA_DIR": str(folder / "data"),
        "TIDELINE_POSTS_TOPIC": f"posts-{name}",
        "TIDELINE_DEAD_TOPIC": f"dead-{name}",
        "TIDELINE_GROUP": f"group-{name}",
        "TIDELINE_PARTITIONS": str(PARTITIONS),
        "TIDELINE_BATCH_SIZE": "200",
        "TIDELINE_BATCH_SECONDS": "0.1",
        "TIDELINE_SESSION_SECONDS": "6",
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }


class Site:
    """Enters by the front door: commands in this process, workers in processes of their own."""

    def __init__(self, folder: Path, kafka: str, database: str) -> None:
        self.folder, self.kafka = folder, kafka
        self.postgres: Path | None = None  # the folder of a server that is this site's alone
        self.engine: Engine = make_engine(database)
        self._processes: list[Process] = []
        self._logs: list[Path] = []

    def tideline(self, *arguments: str, code: int = 0) -> str:
        """Run a command here and return what it printed."""
        result = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    def ask(self, *arguments: str) -> Any:
        return json.loads(self.tideline(*arguments, "--json"))

    def start(self, *arguments: str, **environment: str) -> Process:
        """Start a command as a process."""
        log = self.folder / f"log-{len(self._processes)}"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "stream.cli", *arguments],
                env=os.environ | environment,
                cwd=self.folder,
                stdout=output,
                stderr=output,
            )
        self._processes.append(process)
        self._logs.append(log)
        return process

    def worker(self, **environment: str) -> Process:
        health = self.health_file(len(self._processes))
        return self.start("worker", TIDELINE_HEALTH_FILE=str(health), **environment)

    def health_file(self, number: int) -> Path:
        return self.folder / f"health-{number}"

    def wait_until_ready(self, worker: Process) -> None:
        path = self.health_file(self._processes.index(worker))
        eventually(lambda: read_health(path, time.time()) == (True, None), 40, "the worker is ready")

    def watched_worker(self, **environment: str) -> tuple[Process, str]:
        """A worker with /metrics, /live and /ready, and their address."""
        port = free_port()
        return self.worker(TIDELINE_METRICS_PORT=str(port), **environment), f"http://127.0.0.1:{port}"

    def said(self, process: Process) -> str:
        return self._logs[self._processes.index(process)].read_text()

    def ends(self, process: Process, code: int, seconds: float = 40) -> None:
        """The process ends by itself, with this code."""
        try:
            found = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds:.0f} s:\n{self.said(process)}") from None
        assert found == code, f"exit code {found}: {self.said(process)}"

    def stop(self, process: Process, seconds: float = 20) -> None:
        process.send_signal(signal.SIGTERM)
        self.ends(process, 0, seconds)

    def stored(self) -> int:
        return self.count("post_keys")

    def count(self, what: str) -> int:
        with transaction(self.engine) as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {what}")).scalar_one())

    def rows(self, query: str) -> list[dict[str, Any]]:
        with transaction(self.engine) as connection:
            return [dict(row) for row in connection.execute(text(query)).mappings()]

    def topic(self) -> str:
        return os.environ["TIDELINE_POSTS_TOPIC"]

    def log_ends(self) -> dict[int, int]:
        return end_offsets(self.kafka, self.topic())

    def committed(self) -> dict[int, int]:
        """The group's offsets, as the broker has them."""
        admin = KafkaAdminClient(bootstrap_servers=self.kafka)
        try:
            group = os.environ["TIDELINE_GROUP"]
            found = admin.list_group_offsets(group)[group]
        finally:
            admin.close()
        return {place.partition: known.offset for place, known in found.items()}

    def caught_up(self) -> bool:
        return self.committed() == {partition: end for partition, end in self.log_ends().items() if end}

    def finish(self, seconds: float = 60, **environment: str) -> None:
        """Let a healthy worker bring everything to its end."""
        worker = self.worker(**environment)
        self.wait_until_ready(worker)
        self.wait_until_caught_up(seconds)
        self.stop(worker)

    def wait_until_caught_up(self, seconds: float = 60) -> None:
        eventually(self.caught_up, seconds, "every message's offset is committed", poll=0.3)

    def assert_exact(self, file: Path) -> None:
        """Postgres holds what the file means, nothing was set aside, each alert has its outbox row."""
        verdict = self.ask("verify", str(file))
        assert verdict["differences"] == 0, verdict
        assert self.ask("dlq", "list", "--all")["letters"] == []
        assert verdict["compared"]["alerts"] >= 1
        assert self.count("alerts") == self.count("outbox") == verdict["compared"]["alerts"]

    def dead_topic_messages(self) -> list[Any]:
        """Everything on the dead topic."""
        consumer = KafkaConsumer(bootstrap_servers=self.kafka, auto_offset_reset="earliest", consumer_timeout_ms=2000)
        try:
            consumer.assign([TopicPartition(os.environ["TIDELINE_DEAD_TOPIC"], 0)])
            return list(consumer)
        finally:
            consumer.close()

    def close(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.engine.dispose()
