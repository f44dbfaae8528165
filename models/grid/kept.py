"""A finished cell on disk: its figures as JSON, and the vectors of the test rows beside them as safetensors."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load as read_tensors
from safetensors.numpy import save as tensors_as_bytes

from models.grid.plan import FORMAT, Cell
from models.writing import written

Vectors = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Answered:
    """What a cell made of the test rows: vectors (rows, width), logits (rows, labels), and the true labels (rows)."""

    vectors: Vectors
    logits: Vectors
    truth: Labels

    @property
    def guess(self) -> Labels:
        """The best among the labels that occur."""
        allowed = np.unique(self.truth)
        return allowed[self.logits[:, allowed].argmax(axis=1)]  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Kept:
    """A cell as read back. `failed` is the sentence of one that gave no model; then there are no figures."""

    cell: Cell
    code: str
    told: dict[str, Any]
    failed: str | None
    tested: Answered | None


def write_cell(folder: Path, cell: Cell, code: str, told: dict[str, Any], tested: Answered) -> None:
    """The vectors first: a cell is finished when its JSON is there."""
    content = tensors_as_bytes(
        {
            "vectors": tested.vectors.astype(np.float16),
            "logits": tested.logits.astype(np.float32),
            "truth": tested.truth.astype(np.int16),
        }
    )
    written(folder / f"{cell.key}.safetensors", content)
    _write_told(folder, cell, {**told, "vectors_sha256": hashlib.sha256(content).hexdigest()}, code)


def write_failure(folder: Path, cell: Cell, code: str, told: dict[str, Any], sentence: str) -> None:
    _write_told(folder, cell, {**told, "failed": sentence}, code)


def read_cell(path: Path) -> Kept | None:
    """None where no whole cell is, such as after a crash of the machine."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        cell, failed = Cell(**told["cell"]), told.get("failed")
        if told["format"] != FORMAT:
            return None
        tested = None if failed else _tested(path.with_suffix(".safetensors"), told["vectors_sha256"])
        return Kept(cell, told["code"], told, failed, tested)
    except (OSError, ValueError, TypeError, KeyError, SafetensorError):
        return None


def path_of(folder: Path, cell: Cell) -> Path:
    return folder / f"{cell.key}.json"


def _tested(path: Path, expected: str) -> Answered:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != expected:
        raise ValueError(f"{path} is not the file that was written")
    tensors = read_tensors(content)
    truth = tensors["truth"].astype(np.int64)
    return Answered(tensors["vectors"].astype(np.float32), tensors["logits"], truth)


def _write_told(folder: Path, cell: Cell, told: dict[str, Any], code: str) -> None:
    document = {"format": FORMAT, "cell": asdict(cell), "code": code, **told}
    written(path_of(folder, cell), json.dumps(document, indent=1, ensure_ascii=False).encode())
