"""Putting a whole file or folder in its place, and saying why something could not be written."""

import errno
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from models.errors import ModelUnusable


def write_file(path: Path, content: bytes) -> None:
    """Whole or not at all, also when power is lost: it is on the disk before it gets its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as scratch:
        draft = Path(scratch) / "draft"
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)


def written(path: Path, content: bytes) -> None:
    """`write_file`; raises `ModelUnusable` with the reason where that is impossible."""
    try:
        write_file(path, content)
    except OSError as error:
        raise unwritable(path, error) from error


def write_folder(folder: Path, files: Mapping[str, bytes], mark: str) -> None:
    """Whole or not at all. Only a folder that holds the file `mark`, or nothing, is written over."""
    _require_own(folder, mark)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
        fresh = Path(scratch) / "fresh"
        for name, content in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(content)
        _put(fresh, folder)


def _require_own(folder: Path, mark: str) -> None:
    if not os.path.lexists(folder) or (folder / mark).is_file():
        return
    if not folder.is_dir() or any(folder.iterdir()):
        raise ModelUnusable(f"{folder} is there and is no model folder: choose another place.")


def _put(fresh: Path, folder: Path) -> None:
    """What lay there goes only when the new one is in its place, and otherwise comes back."""
    if not os.path.lexists(folder):
        os.replace(fresh, folder)
        return
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.old-"))
    try:
        os.replace(folder, aside / "old")
        os.replace(fresh, folder)
    except BaseException:
        _put_back(aside, folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _put_back(aside: Path, folder: Path) -> None:
    old = aside / "old"
    try:
        if os.path.lexists(old):
            os.replace(old, folder)
        aside.rmdir()
    except OSError as error:
        raise ModelUnusable(
            f"{folder} could not be replaced ({error.strerror}), and the model that was there is now in {old}: "
            "move it back."
        ) from error


def unwritable(path: Path, error: OSError) -> ModelUnusable:
    """The sentence for a file or folder that could not be written."""
    return ModelUnusable(f"{path} could not be written{_why(path, error)}")


def _why(path: Path, error: OSError) -> str:
    blocking = next((above for above in path.absolute().parents if os.path.exists(above)), path)
    if not os.path.isdir(blocking):
        return f", for {blocking} is a file and no folder: choose another place."
    if error.errno == errno.ENOENT and not os.path.exists(path.parent):
        return f", for there is no folder {path.parent}: make it, or choose another place."
    if error.errno == errno.EISDIR:
        return ", for it is a folder: choose another place."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f" ({error.strerror}): let this user write there, or choose another place."
    return f" ({error.strerror}): make room or choose another place."
