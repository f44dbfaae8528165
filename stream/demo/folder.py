"""The demo's own folder: its services, its log, its report. Nothing else may live there.

A small stamp says that the folder is the demo's and what its rows came from; without one nothing is deleted.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import orjson

from models.locking import held
from stream.errors import StreamError
from stream.services import embedded, process

STAMP = "demo.json"
LOCK = "demo.lock"
Beginning = Literal["new", "kept", "fresh", "outdated"]


class DemoRefused(StreamError):
    """The demo cannot run here, and says what would help."""


def prepare(folder: Path, stamp: Mapping[str, str], fresh: bool) -> Beginning:
    """Make the folder ready: kept as it is, or emptied when asked or when its rows came from something else."""
    before = _read_stamp(folder)
    if before is None:
        _refuse_strangers(folder)
    beginning: Beginning = "new" if before is None else "fresh" if fresh else "kept"
    if beginning == "kept" and before != dict(stamp):
        beginning = "outdated"
    if beginning in ("fresh", "outdated"):
        empty(folder)
    with process.folder_errors("The demo", folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / STAMP).write_bytes(orjson.dumps(dict(stamp), option=orjson.OPT_INDENT_2))
    return beginning


def empty(folder: Path) -> None:
    """Stop what runs here and delete everything in a folder that carries our stamp, but for the lock we hold."""
    embedded.down(folder)
    with process.folder_errors("The demo", folder):
        for path in folder.iterdir():
            if path.name == LOCK:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One demo at a time in one folder; the kernel drops the lock of a process that dies."""
    with process.folder_errors("The demo", folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("w")
    busy = f"another demo is running in {folder}: wait for it, or choose another folder with --data-dir"
    with held(lock, DemoRefused(busy)):
        yield


def _read_stamp(folder: Path) -> dict[str, str] | None:
    try:
        read: dict[str, str] = orjson.loads((folder / STAMP).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return read


def _refuse_strangers(folder: Path) -> None:
    if any(path.name != LOCK for path in folder.iterdir()):
        raise DemoRefused(f"{folder} was not made by the demo and is not empty: choose another folder with --data-dir")
