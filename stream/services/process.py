"""Servers that outlive the command that started them."""

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from stream.errors import ServiceFailed

# The shell starts the program in the background, tells its pid and ends, so init adopts the program:
# it is nobody's child, leaves no zombie, and closing the terminal does not reach it.
DETACH = 'log=$1; shift; "$@" >>"$log" 2>&1 </dev/null & echo $!'


def spawn(command: Sequence[str], log: Path) -> int:
    """Start a program in a session of its own and return its pid."""
    shell = ["/bin/sh", "-c", DETACH, "sh", str(log), *command]
    started = subprocess.run(  # noqa: S603 - the words of `command` are passed on, not parsed
        shell, start_new_session=True, capture_output=True, text=True, check=True
    )
    return int(started.stdout)


def find(pid: int, mark: str) -> psutil.Process | None:
    """The living process with this pid, if `mark` stands in its command line.

    Numbers of dead processes are given out again; the mark tells ours from a stranger.

    >>> find(os.getpid(), "a mark that nobody carries") is None
    True
    """
    try:
        process = psutil.Process(pid)
        ours = process.status() != psutil.STATUS_ZOMBIE and mark in process.cmdline()
    except psutil.Error:
        return None
    return process if ours else None


def end(process: psutil.Process, patience: float) -> None:
    """Ask the process to stop; insist when `patience` seconds were not enough."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
        try:
            process.wait(patience)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(patience)


def free_port(wanted: int | None = None) -> int:
    """The wanted port of 127.0.0.1 if nobody listens there, else one the system picks.

    >>> 0 < free_port() < 65536
    True
    """
    for port in (wanted or 0, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise ServiceFailed("No free port on 127.0.0.1: stop a program that holds many and try again.")


def write_secretly(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner only."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_number(path: Path) -> int | None:
    """The number in a file, or None when there is none to read."""
    try:
        return int(path.read_text().split()[0])
    except (FileNotFoundError, NotADirectoryError, ValueError, IndexError):
        return None


def last_line(log: Path) -> str:
    """The last thing a server said, for the sentence that reports its failure."""
    with contextlib.suppress(OSError):
        lines = log.read_text(errors="replace").strip().splitlines()
        if lines:
            return lines[-1].strip()[:300]
    return "nothing was logged"


@contextlib.contextmanager
def folder_errors(what: str, directory: Path) -> Iterator[None]:
    """Turn a refused, full or broken disk into one sentence."""
    try:
        yield
    except OSError as error:
        raise ServiceFailed(
            f"{what} cannot use {directory} ({error.strerror or error}): "
            "free some space or choose another folder with TIDELINE_DATA_DIR."
        ) from error
