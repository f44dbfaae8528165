"""The embedded broker, with real processes."""

import os
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from kafka.admin import KafkaAdminClient

from stream.errors import ServiceFailed
from stream.services.broker import answers, broker_running, start_broker, stop_broker


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A broker that the tests of this file may kill."""
    directory = tmp_path_factory.mktemp("broker")
    start_broker(directory)
    yield directory
    stop_broker(directory)


def kill(directory: Path) -> None:
    victim = psutil.Process(int((directory / "pid").read_text()))
    victim.send_signal(signal.SIGKILL)
    victim.wait(10)


def test_a_broker_that_runs_is_not_started_twice(directory: Path) -> None:
    address = start_broker(directory)
    pid = (directory / "pid").read_text()
    assert start_broker(directory) == address
    assert (directory / "pid").read_text() == pid
    assert answers(address)


def test_a_killed_broker_comes_back_at_its_address_and_empty(directory: Path) -> None:
    address = start_broker(directory)
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics({"remembered": {"num_partitions": 1, "replication_factor": 1}})
    admin.close()
    kill(directory)
    assert not broker_running(directory)
    assert start_broker(directory) == address
    admin = KafkaAdminClient(bootstrap_servers=address)
    assert "remembered" not in admin.list_topics()
    admin.close()


def test_a_pid_given_to_somebody_else_is_not_taken_for_the_broker(directory: Path) -> None:
    start_broker(directory)
    kill(directory)
    (directory / "pid").write_text(str(os.getpid()))
    assert not broker_running(directory)
    assert not stop_broker(directory), "and this test is still alive to say so"


def test_a_port_taken_meanwhile_is_left_to_its_owner(directory: Path) -> None:
    address = start_broker(directory)
    stop_broker(directory)
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", int(address.rpartition(":")[2])))
        squatter.listen()
        assert start_broker(directory) != address


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").write_text("not a folder")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(ServiceFailed, match="set HOME to a folder you can write to"):
        start_broker(tmp_path / "broker")


def test_a_program_that_dies_is_told_with_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "tansu"
    program.write_text("#!/bin/sh\necho no such luck\nexit 1\n")
    program.chmod(stat.S_IRWXU)
    monkeypatch.setenv("CALF_TANSU_BIN", str(program))
    with pytest.raises(ServiceFailed, match=r"did not start \(no such luck\): see .*/log"):
        start_broker(tmp_path / "broker")
    assert not broker_running(tmp_path / "broker")


def test_nobody_answers_at_a_closed_port() -> None:
    assert not answers("127.0.0.1:1")
