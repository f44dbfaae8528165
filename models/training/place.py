"""Where a trained model will be put: asked before the training, not after."""

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from models.data.rows import Corpus, data_hash
from models.errors import TrainingFailed
from models.load import RESERVED, SHIPPED
from models.registry.shelves import is_name
from models.saved import MANIFEST
from models.training.recipe import Recipe
from models.writing import write_file

_NEEDED = 256 * 1024 * 1024
"""Bytes: a small model and its checkpoints."""


def free_name(shelf: Path, model: str) -> str:
    """`lstm-1`, or the next number that no folder on the shelf, no shipped model and no training under way has.

    >>> free_name(Path("nowhere"), "lstm")
    'lstm-1'
    """
    number = 1
    while _taken(shelf / f"{model}-{number}") or (SHIPPED / f"{model}-{number}").exists():
        number += 1
    return f"{model}-{number}"


def _taken(folder: Path) -> bool:
    return folder.exists() or checkpoints_of(folder).exists()


def claimed(shelf: Path, model: str) -> Path:
    """The folder of a free name, which no other training takes from now on."""
    while True:
        folder = shelf / free_name(shelf, model)
        try:
            checkpoints_of(folder).mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise _unwritable(checkpoints_of(folder), error) from error
        return folder


def still_free(folder: Path, replace: bool) -> Path:
    """The folder; where another model appeared in it during the training, the next free one beside it."""
    if replace or not folder.exists() or not any(folder.iterdir()):
        return folder
    stem = re.sub(r"-\d+$", "", folder.resolve().name)
    return folder.resolve().parent / free_name(folder.resolve().parent, stem)


def require_name(name: str) -> None:
    """Raises `TrainingFailed` when a model cannot be called so."""
    if name in RESERVED or not is_name(name):
        raise TrainingFailed(
            f"A model cannot be called {name!r}: use letters, digits, '-', '_' and '.', such as lstm-1."
        )


def require_place(folder: Path, replace: bool = False) -> None:
    """Raises `TrainingFailed` when a model could not, or should not, be written there."""
    if folder.exists():
        _require_replaceable(folder, replace)
    parent = next(above for above in (folder.absolute().parent, *folder.absolute().parents) if above.exists())
    try:
        with tempfile.TemporaryDirectory(dir=parent, prefix=".tideline-"):
            room = shutil.disk_usage(parent).free
    except OSError as error:
        raise TrainingFailed(
            f"{folder} cannot be written ({error.strerror}): choose another folder with --out."
        ) from error
    if room < _NEEDED:
        raise TrainingFailed(f"{parent} has only {room // 2**20} MB left: make room or choose another with --out.")


def _require_replaceable(folder: Path, replace: bool) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if not (folder / MANIFEST).is_file():
        raise TrainingFailed(f"{folder} is there and is no model folder: choose another with --out.")
    if not replace:
        raise TrainingFailed(f"{folder} already holds a model: add --replace, or choose another --name or --out.")


# --- checkpoints --------------------------------------------------------------------------------------------


def checkpoints_of(folder: Path) -> Path:
    """Beside the model's folder, hidden; gone when the model is written."""
    return folder.absolute().parent / f".{folder.name}.training"


def open_checkpoints(folder: Path, recipe: Recipe, corpora: Sequence[Corpus], resume: bool) -> Path:
    """The folder for them, empty unless an interrupted training of the same recipe on the same rows is taken up."""
    place = checkpoints_of(folder)
    mark, fingerprint = place / "recipe.sha256", _fingerprint(recipe, corpora)
    if resume and not mark.is_file():
        raise TrainingFailed(f"No interrupted training of {folder} is here: leave --resume out.")
    if resume and mark.read_text() != fingerprint:
        raise TrainingFailed(
            f"The interrupted training of {folder} had other options or other data: repeat those, or leave --resume "
            "out to start again."
        )
    try:
        if not resume:
            _emptied(place)
            write_file(mark, fingerprint.encode())
    except OSError as error:
        raise _unwritable(place, error) from error
    return place


def _emptied(place: Path) -> None:
    """Never away for a moment: it also keeps the name."""
    place.mkdir(parents=True, exist_ok=True)
    for path in place.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _unwritable(place: Path, error: OSError) -> TrainingFailed:
    return TrainingFailed(f"{place} cannot be written ({error.strerror}): make room, then try again.")


def has_checkpoint(folder: Path) -> bool:
    """Whether `--resume` would find something."""
    return any(path.is_dir() for path in checkpoints_of(folder).glob("*"))


def close_checkpoints(folder: Path, written: bool) -> None:
    """Away with them when the model is written, or when the training failed before its first checkpoint."""
    if written or not has_checkpoint(folder):
        shutil.rmtree(checkpoints_of(folder), ignore_errors=True)


def _fingerprint(recipe: Recipe, corpora: Sequence[Corpus]) -> str:
    stated = json.dumps([recipe.seeded(0).as_dict(), data_hash(corpora)], sort_keys=True, default=str)
    return hashlib.sha256(stated.encode()).hexdigest()
