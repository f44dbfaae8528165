"""Shelves: folders that hold model folders. Versions are found on them by name first, then by looking at all."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from models.errors import ModelError, ModelUnusable
from models.kinds import Find
from models.saved import SavedModel, load_model, read_manifest

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def is_name(name: str) -> bool:
    """Plain enough to be a folder, a file and a word on a command line.

    >>> is_name("bilstm-en-1"), is_name("../weights"), is_name(".hidden"), is_name("a@b")
    (True, False, False, False)
    """
    return _NAME.fullmatch(name) is not None


def model_folders(shelf: Path) -> list[Path]:
    """What may be models, by name; hidden folders are work in progress."""
    try:
        return sorted(path for path in shelf.iterdir() if is_name(path.name) and path.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ModelUnusable(f"{shelf} cannot be listed ({error.strerror}): let this user read it.") from error


def on_shelves(name: str, shelves: Sequence[Path]) -> Path | None:
    """The first folder of this name."""
    found = (shelf / name for shelf in shelves if is_name(name) and (shelf / name).is_dir())
    return next(found, None)


def folder_with(version: str, shelves: Sequence[Path]) -> Path:
    """The folder of the model with this version, whatever the folder is called."""
    for folder in _candidates(version.split("@")[0], shelves):
        if _version_in(folder) == version:
            return folder
    raise ModelUnusable(f"There is no model of version {version} here: import it with `tideline models import`.")


def finder(shelves: Sequence[Path]) -> Find:
    """Members of ensembles by version; they may be ensembles themselves."""

    def find(version: str) -> SavedModel:
        return load_model(folder_with(version, shelves), find)

    return find


def _candidates(name: str, shelves: Sequence[Path]) -> Iterator[Path]:
    likely = on_shelves(name, shelves)
    if likely:
        yield likely
    for shelf in shelves:
        yield from model_folders(shelf)


def _version_in(folder: Path) -> str | None:
    """None for a broken folder: it must not hide a whole one."""
    try:
        return read_manifest(folder).version
    except ModelError:
        return None
