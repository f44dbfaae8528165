"""The worker processes of the demo: started, watched and stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stream.demo.isolation import environment
from stream.errors import ServiceFailed
from stream.services import process
from stream.settings import Settings

MARK = "tideline-demo-worker"
KILL_SECONDS = 10.0


@dataclass(frozen=True)
class Scorers:
    """Running workers. Their log holds no words of a post."""

    children: tuple["subprocess.Popen[bytes]", ...]
    log: Path
    patience: float

    def check(self) -> None:
        """Raise when one of them ended by itself."""
        for child in self.children:
            if child.poll() is not None:
                said = process.last_line(self.log)
                raise ServiceFailed(f"the worker ended with exit code {child.returncode} ({said}): see {self.log}")

    def stop(self) -> None:
        """Let each finish the batch in hand and commit; raise when one could not."""
        for child in self.children:
            child.send_signal(signal.SIGTERM)
        codes = [child.wait(self.patience) for child in self.children]
        if any(codes):
            raise ServiceFailed(f"the worker did not stop cleanly (exit code {max(codes)}): see {self.log}")


@contextmanager
def scoring(settings: Settings, count: int) -> Iterator[Scorers]:
    """Workers in sessions of their own, so that a Ctrl-C reaches the demo alone; it then stops them."""
    folder = settings.data_dir.resolve()
    _end_leftovers(folder)
    scorers = Scorers((), folder / "worker.log", settings.drain_seconds + KILL_SECONDS)
    scorers.log.unlink(missing_ok=True)
    children: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(count):
            children.append(_start(settings, folder, scorers.log))
            _note_pids(folder, children)
        yield Scorers(tuple(children), scorers.log, scorers.patience)
    finally:
        for child in children:
            _end(child)
        _pids(folder).unlink(missing_ok=True)


def _start(settings: Settings, folder: Path, log: Path) -> "subprocess.Popen[bytes]":
    root = str(Path(__file__).parents[2])
    variables = environment(settings) | {
        "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    }
    code = f"from stream.cli import main; main(prog_name='{MARK}')"
    with log.open("ab") as file:
        return subprocess.Popen(  # noqa: S603 our own interpreter and code
            [sys.executable, "-c", code, "worker"],
            env=variables,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(KILL_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _pids(folder: Path) -> Path:
    return folder / "worker.pids"


def _note_pids(folder: Path, children: list["subprocess.Popen[bytes]"]) -> None:
    _pids(folder).write_text("".join(f"{child.pid}\n" for child in children))


def _end_leftovers(folder: Path) -> None:
    """Workers of a demo that was killed would join the group of this one."""
    if not _pids(folder).exists():
        return
    for word in _pids(folder).read_text().split():
        found = process.find(int(word), f"from stream.cli import main; main(prog_name='{MARK}')")
        if found is not None:
            process.end(found, KILL_SECONDS)
