"""A real Apache Kafka broker for tests: one node, KRaft, on 127.0.0.1, from the jars of kafka/pom.xml."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from stream.services.broker import answers
from stream.services.process import free_port, last_line

HERE = Path(__file__).parent / "kafka"
LIBS = HERE / "libs"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
CLUSTER = "dGlkZWxpbmUtdGVzdC0wMQ"
LOGGING = [
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.showShortLogName=true",
]
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={logs}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
auto.create.topics.enable=false
"""


def fetch_kafka() -> tuple[Path | None, str]:
    """The folder with Kafka's jars, fetched once; or None and the reason, to be shown by a skipped test."""
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        return None, f"real Kafka needs {' and '.join(missing)} on PATH"
    if list(LIBS.glob("kafka_2.13-*.jar")) and list(LIBS.glob("slf4j-simple-*.jar")):
        return LIBS, ""
    return _fetch()


def _fetch() -> tuple[Path | None, str]:
    """Into a folder beside it first, so that a broken download is never taken for the whole."""
    draft = HERE / "libs" / f"new.{os.getpid()}"
    command = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={draft}"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(draft, ignore_errors=True)
        return None, f"mvn could not fetch Kafka: {(done.stdout + done.stderr).strip()[:300]}"
    for jar in draft.iterdir():
        jar.replace(LIBS / jar.name)
    draft.rmdir()
    return LIBS, ""


class KafkaServer:
    """One broker with its data in `directory`; `kill` and `restart` keep port and data."""

    def __init__(self, directory: Path, libs: Path) -> None:
        self.directory = directory
        self.libs = libs
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and return when the broker answers a request."""
        if not self._properties.exists():
            self._format()
        with self._log.open("ab") as log:
            command = self._java("-Xms128m", "-Xmx512m", *LOGGING, main="kafka.Kafka")
            self._process = subprocess.Popen([*command, str(self._properties)], stdout=log, stderr=log)
        self._wait(time.monotonic, time.sleep)

    def stop(self) -> None:
        """SIGTERM: flush, leave cleanly."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL: as a power cut would."""
        self._signal(signal.SIGKILL)

    def restart(self) -> None:
        """The same port and data again."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def _properties(self) -> Path:
        return self.directory / "server.properties"

    @property
    def _log(self) -> Path:
        return self.directory / "server.log"

    def _format(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        logs = self.directory / "logs"
        draft = self.directory / "draft.properties"
        draft.write_text(PROPERTIES.format(port=self.port, controller=free_port(), logs=logs))
        command = self._java("-Xmx128m", *LOGGING, main="kafka.tools.StorageTool")
        subprocess.run([*command, "format", "-t", CLUSTER, "-c", str(draft)], check=True, capture_output=True)
        draft.rename(self._properties)

    def _java(self, *options: str, main: str) -> list[str]:
        return ["java", *options, "-XX:TieredStopAtLevel=1", "-cp", f"{self.libs}/*", main]

    def _wait(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        deadline = clock() + START_SECONDS
        while not answers(self.address):
            assert self._process is not None
            if self._process.poll() is not None or clock() > deadline:
                self.kill()
                raise AssertionError(f"Kafka did not start ({last_line(self._log)}): see {self._log}")
            sleep(0.1)

    def _signal(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        if process.poll() is None:
            process.kill()
            process.wait()
