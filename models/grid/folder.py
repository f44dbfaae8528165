"""The folder of a grid: one grid in it, one run at a time, and nothing of anybody else's touched."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from models.errors import TrainingFailed
from models.grid.plan import FORMAT
from models.locking import held
from models.training.place import require_place
from models.writing import unwritable, written

GRID, CELLS, MODELS = "grid.json", "cells", "models"
_TRAINING, _LOCK = ".training", ".lock"


@dataclass(frozen=True)
class GridFolder:
    """`stated` is what all cells of the grid share, as `grid.json` holds it."""

    path: Path
    stated: Mapping[str, Any]

    @property
    def cells(self) -> Path:
        return self.path / CELLS

    @property
    def models(self) -> Path:
        return self.path / MODELS

    def checkpoint(self, key: str, code: str) -> Path:
        """Hidden; another recipe has another."""
        return self.path / _TRAINING / f"{key}.{code[:8]}"

    def tidy(self) -> None:
        """What a killed run left half written."""
        for scratch in self.cells.glob(".*"):
            shutil.rmtree(scratch, ignore_errors=True)


def read_folder(path: Path) -> GridFolder:
    """Raises `TrainingFailed` where no grid is."""
    stated = _stated(path)
    if stated is None:
        raise TrainingFailed(f"{path} holds no grid: name the folder that `tideline grid` wrote, with --out.")
    return GridFolder(path, stated)


@contextmanager
def opened(path: Path, stated: Mapping[str, Any], replace: bool) -> Iterator[GridFolder]:
    """The folder, for this run alone. Raises `TrainingFailed` when it holds another grid, or anything else."""
    _require_room(path)
    with _locked(path):
        if replace:
            _emptied(path)
        _require_same(path, stated)
        folder = GridFolder(path, stated)
        written(path / GRID, json.dumps(stated, indent=1, ensure_ascii=False).encode())
        folder.tidy()
        yield folder


def _require_room(path: Path) -> None:
    holds = path.is_dir() and any(not one.name.startswith(".") for one in path.iterdir())
    if (path.exists() and not path.is_dir()) or (holds and _stated(path) is None):
        raise TrainingFailed(f"{path} is there and holds no grid: choose another folder with --out.")
    if not path.exists():
        require_place(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def _locked(path: Path) -> AbstractContextManager[None]:
    return held(
        _opened_lock(path),
        TrainingFailed(f"Another `tideline grid` is filling {path}: wait for it, or choose another folder with --out."),
    )


def _opened_lock(path: Path) -> TextIO:
    try:
        return (path / _LOCK).open("w")
    except OSError as error:
        raise unwritable(path / _LOCK, error) from error


def _emptied(path: Path) -> None:
    """Of what a grid writes; its description goes last, so that a folder half emptied is still known as one."""
    for name in (_TRAINING, CELLS, MODELS):
        shutil.rmtree(path / name, ignore_errors=True)
    (path / GRID).unlink(missing_ok=True)


def _require_same(path: Path, stated: Mapping[str, Any]) -> None:
    there = _stated(path)
    if there is None or there.get("hash") == stated["hash"]:
        return
    before, now = _flat(there), _flat(stated)
    differing = sorted(key for key in before | now if before.get(key) != now.get(key))
    raise TrainingFailed(
        f"{path} holds a grid of other options or data ({', '.join(differing)}): repeat those, choose another folder "
        "with --out, or add --replace to start anew."
    )


def _flat(stated: Mapping[str, Any]) -> dict[str, Any]:
    """What decides, one by one."""
    single = {"labels": stated["labels"], "limit": stated["limit"], "data": stated["data_sha256"]}
    return {**single, **stated["options"], **stated["training"]}


def _stated(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((path / GRID).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("format") == FORMAT else None
