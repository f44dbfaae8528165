"""Where a training stands, on disk: one safetensors file whose header carries the rest as JSON.

One file, so that it is replaced whole or not at all: an interrupted write leaves the checkpoint before it.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from models.errors import TrainingFailed

FILE = "checkpoint.safetensors"
_NOTES = "notes"


@dataclass(frozen=True)
class Checkpoint:
    """`notes` is anything that JSON can hold. Tensors are kept bit for bit."""

    tensors: Mapping[str, Tensor]
    notes: Mapping[str, Any]

    def save(self, folder: Path) -> None:
        """Raises `TrainingFailed`; whatever was saved before stays whole."""
        scratch = folder / f".{FILE}.{os.getpid()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            contiguous = {name: value.contiguous() for name, value in self.tensors.items()}
            save_file(contiguous, scratch, {_NOTES: json.dumps(self.notes)})
            os.replace(scratch, folder / FILE)
        except (OSError, SafetensorError) as error:
            _remove(scratch)
            raise TrainingFailed(
                f"The checkpoint {folder / FILE} could not be written ({error}): make room or choose another folder."
            ) from error

    @classmethod
    def load(cls, folder: Path) -> "Checkpoint | None":
        """None where there is none yet."""
        path = folder / FILE
        if not path.exists():
            return None
        try:
            with safe_open(path, framework="pt") as content:
                notes = json.loads(content.metadata()[_NOTES])
                return cls({name: content.get_tensor(name) for name in content.keys()}, notes)  # noqa: SIM118
        except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
            raise TrainingFailed(f"{path} is no whole checkpoint: delete it to start over.") from error


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # the folder itself is the trouble, and that is reported
