"""The embedded Postgres, through its own files and a real connection."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from stream.errors import ServiceFailed
from stream.services.postgres import postgres_running, start_postgres, stop_postgres

ROOT = Path(__file__).parents[2]
START = "import sys; from stream.services.postgres import *; start_postgres(Path(sys.argv[1]))"


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    opened = contextlib.closing(psycopg2.connect(url.replace("+psycopg2", "")))
    with opened as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def postmaster(directory: Path) -> int:
    return int((directory / "data" / "postmaster.pid").read_text().split()[0])


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A server that the tests of this file may kill."""
    directory = tmp_path_factory.mktemp("postgres")
    start_postgres(directory)
    yield directory
    stop_postgres(directory, immediate=True)


def test_it_is_postgres_18_and_keeps_what_it_commits(directory: Path) -> None:
    url = start_postgres(directory)
    assert str(ask(url, "SHOW server_version")[0][0]).startswith("18.")
    durable = ("fsync", "synchronous_commit", "full_page_writes")
    assert [ask(url, f"SHOW {name}") for name in durable] == [[("on",)]] * 3
    assert ask(url, "SHOW listen_addresses") == [("127.0.0.1",)]


@pytest.mark.parametrize("password", ["", "tideline", "postgres"])
def test_a_wrong_password_is_refused(directory: Path, password: str) -> None:
    secret = (directory / "password").read_text()
    url = start_postgres(directory).replace(secret, password)
    with pytest.raises(psycopg2.OperationalError, match="password"):
        ask(url, "SELECT 1")


def test_a_failing_statement_is_logged_without_what_it_says(directory: Path) -> None:
    url = start_postgres(directory)
    ask(url, "CREATE TABLE words (word text PRIMARY KEY)")
    with pytest.raises(psycopg2.IntegrityError):
        ask(url, "INSERT INTO words VALUES ('canary'), ('canary')")
    log = (directory / "log").read_text()
    assert "words_pkey" in log
    assert "canary" not in log


def test_a_committed_row_and_the_url_survive_a_crash(directory: Path) -> None:
    url = start_postgres(directory)
    ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
    assert stop_postgres(directory, immediate=True)
    assert not postgres_running(directory)
    assert not stop_postgres(directory)
    assert start_postgres(directory) == url
    assert ask(url, "SELECT number FROM kept") == [(7,)]


def test_a_killed_server_is_noticed_and_started_again(directory: Path) -> None:
    url = start_postgres(directory)
    victim = psutil.Process(postmaster(directory))
    victim.send_signal(signal.SIGKILL)
    victim.wait(10)
    assert not postgres_running(directory)
    assert start_postgres(directory) == url
    assert ask(url, "SELECT 1") == [(1,)]


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(directory: Path) -> None:
    start_postgres(directory)
    left_over = (directory / "data" / "postmaster.pid").read_text().splitlines()
    stop_postgres(directory)
    left_over[0] = str(os.getppid())
    (directory / "data" / "postmaster.pid").write_text("\n".join(left_over))
    assert not postgres_running(directory)
    assert ask(start_postgres(directory), "SELECT 1") == [(1,)]


def test_a_port_taken_meanwhile_is_left_to_its_owner(directory: Path) -> None:
    url = start_postgres(directory)
    stop_postgres(directory)
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", int((directory / "port").read_text())))
        squatter.listen()
        moved = start_postgres(directory)
    assert moved != url
    assert ask(moved, "SELECT 1") == [(1,)]


def test_a_lost_password_is_told_in_one_sentence(directory: Path) -> None:
    start_postgres(directory)
    (directory / "password").rename(directory / "elsewhere")
    try:
        with pytest.raises(ServiceFailed, match=r"password .* is missing"):
            start_postgres(directory)
    finally:
        (directory / "elsewhere").rename(directory / "password")


def test_a_disk_that_takes_no_more_leaves_nothing_half_made(tmp_path: Path) -> None:
    small = (1 << 20, 1 << 20)
    done = subprocess.run(
        [sys.executable, "-c", START, tmp_path / "pg"],
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, small),
        capture_output=True,
        text=True,
    )
    assert "ServiceFailed: Postgres could not create its data" in done.stderr.splitlines()[-1]
    assert {path.name for path in (tmp_path / "pg").iterdir()} <= {"password"}
