"""Which model `tideline models use` chose: one small file, replaced whole, so that it is never half-written."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from models.errors import ModelUnusable
from models.writing import write_file

POINTER = "current.json"
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Choice:
    """A model's name in the registry, and the version that was verified when it was chosen."""

    name: str
    version: str


def read_choice(folder: Path) -> Choice | None:
    """None: nothing was chosen, so the shipped default is in use."""
    path = folder / POINTER
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Choice(str(document["name"]), str(document["version"]))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ModelUnusable(f"{path} cannot be read ({error.strerror}): let this user read it.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelUnusable(f"{path} was not written by Tideline: run `tideline models use` again.") from error


def write_choice(folder: Path, choice: Choice) -> None:
    """Replace the pointer; whoever reads it meanwhile sees the old one or the new one."""
    try:
        write_file(folder / POINTER, json.dumps(asdict(choice)).encode())
    except OSError as error:
        raise _unwritable(folder, error) from error


def forget_choice(folder: Path) -> None:
    """Back to the shipped default."""
    try:
        (folder / POINTER).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def stamp(folder: Path) -> Stamp | None:
    """Changes whenever the pointer is replaced; costs one `stat`."""
    try:
        found = (folder / POINTER).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _unwritable(folder: Path, error: OSError) -> ModelUnusable:
    return ModelUnusable(f"{folder / POINTER} could not be written ({error.strerror}): nothing was changed; make room.")
