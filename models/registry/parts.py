"""What belongs to a model: the files of its folder that its manifest vouches for, and an ensemble's members."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.errors import ModelError, ModelUnusable
from models.kinds import Find
from models.manifest import Manifest
from models.registry.shelves import folder_with
from models.saved import CARD, HISTORY, MANIFEST, SavedModel, load_model

MOST_BYTES = 4 * 1024**3
MOST_FILES = 1000
PROBE = "a text to try it on"


@dataclass(frozen=True)
class Whole:
    """A model that was loaded and tried, and the folders of the members it asked for."""

    saved: SavedModel
    folder: Path
    members: dict[str, Path] = field(default_factory=dict)


def whole_model(folder: Path, shelves: Sequence[Path]) -> Whole:
    """Load everything, check every hash, run a text through it. Raises `ModelUnusable` with the reason."""
    members: dict[str, Path] = {}
    saved = load_model(folder, _noting(members, shelves))
    _try(folder, saved)
    return Whole(saved, folder, members)


def _noting(members: dict[str, Path], shelves: Sequence[Path]) -> Find:
    def find(version: str) -> SavedModel:
        members[version] = folder_with(version, shelves)
        return load_model(members[version], find)

    return find


def _try(folder: Path, saved: SavedModel) -> None:
    from models.classify import ModelClassifier

    try:
        scores = ModelClassifier(saved).emotions([PROBE])
    except ModelError:
        raise
    except Exception as error:
        raise ModelUnusable(
            f"{folder} loads but cannot score a text ({type(error).__name__}): save the model again."
        ) from error
    if scores.shape != (1, 7) or not 990 <= int(scores.sum()) <= 1010:
        raise ModelUnusable(f"{folder} loads but its scores are no shares of the emotions: train it again.")


def parts_of(folder: Path, manifest: Manifest) -> list[tuple[str, Path]]:
    """All that travels with a model, in one order; links and whatever else lies in its folder stay behind."""
    found = [(name, folder / name) for name in sorted({*manifest.files, MANIFEST, CARD, HISTORY})]
    return [(name, file) for name, file in found if file.is_file() and not file.is_symlink()]


def size_of(folder: Path, manifest: Manifest) -> int:
    """Bytes."""
    return sum(file.stat().st_size for _, file in parts_of(folder, manifest))


def copy_model(folder: Path, manifest: Manifest, target: Path) -> None:
    """Copy what belongs to the model; nothing is checked here, so check the copy."""
    if size_of(folder, manifest) > MOST_BYTES or len(manifest.files) > MOST_FILES:
        raise ModelUnusable(f"{folder} is larger than {MOST_BYTES:,} bytes or {MOST_FILES} files: it is no model.")
    for name, file in parts_of(folder, manifest):
        copy = target / name
        if not copy.resolve().is_relative_to(target.resolve()):
            raise ModelUnusable(f"{folder} names {name!r}, which lies outside the folder: do not use it.")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
