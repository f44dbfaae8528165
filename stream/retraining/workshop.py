"""Where a challenger is made: a hidden folder beside its later place, which also keeps its name from others.

.NAME.training/retraining.json         what is being made, so that a later run takes it up or clears it away
.NAME.training/checkpoint.safetensors  where its training stands
.NAME.training/whole/                  the model with its record, complete; renamed to NAME in one step
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import ModelUnusable
from models.training.place import checkpoints_of, claimed, require_name, require_place
from models.writing import unwritable, write_file

_MARK, _WHOLE = "retraining.json", "whole"


@dataclass(frozen=True)
class Workshop:
    """The folder that a model is to have, and the hidden one in which it is made."""

    folder: Path

    @property
    def hidden(self) -> Path:
        return checkpoints_of(self.folder)

    @property
    def whole(self) -> Path:
        return self.hidden / _WHOLE

    def plan(self) -> dict[str, Any] | None:
        """What was being made here; None where no retraining was."""
        try:
            found = json.loads((self.hidden / _MARK).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def begin(self, plan: Mapping[str, Any]) -> None:
        """Say what will be made here."""
        _write(self.hidden / _MARK, json.dumps(plan, sort_keys=True).encode())

    def add(self, name: str, content: bytes) -> None:
        """A file beside the finished model."""
        _write(self.whole / name, content)

    def put(self) -> None:
        """The finished folder appears under its name, in one step."""
        try:
            os.rename(self.whole, self.folder)
        except OSError as error:
            raise ModelUnusable(
                f"{self.folder} could not be made ({error.strerror}): see what lies there, then retrain with --resume."
            ) from error

    def clear(self) -> None:
        """Nothing of the work stays; the name is free where no model took it."""
        shutil.rmtree(self.hidden, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    try:
        write_file(path, content)
    except OSError as error:
        raise unwritable(path, error) from error


def workshop_for(out: Path | None, shelf: Path, stem: str) -> Workshop:
    """At the folder asked for, else under the next free name on the shelf."""
    if out is None:
        return Workshop(claimed(shelf, stem))
    require_name(out.resolve().name)
    require_place(out)
    return Workshop(out.resolve())


def left_behind(shelf: Path) -> Iterator[Workshop]:
    """What earlier retrainings did not finish."""
    for mark in sorted(shelf.glob(f".*.training/{_MARK}")):
        yield Workshop(shelf / mark.parent.name.removeprefix(".").removesuffix(".training"))
