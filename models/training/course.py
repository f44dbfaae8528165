"""Where a training stands: what it has seen, its best weights so far, and its sources of chance."""

import dataclasses
import hashlib
import json
import random
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from models.errors import TrainingFailed
from models.networks.network import Network
from models.training.checkpoint import FILE, Checkpoint
from models.training.options import TrainingOptions
from models.training.rows import History, Rows
from models.training.teacher import Teacher, named, unnamed


class Course:
    """One run, epoch by epoch; `save` and `take_up` carry it over an interruption, bit for bit."""

    def __init__(self, teacher: Teacher, shuffle: random.Random, options: TrainingOptions) -> None:
        self.teacher = teacher
        self.shuffle = shuffle
        self.history: History = []
        self.best = teacher.averaged()
        self._options = options

    @property
    def over(self) -> bool:
        """All epochs done, or the validation macro-F1 has not risen for `patience` of them."""
        epoch = len(self.history)
        return epoch >= self._options.epochs or epoch - self._best_epoch() >= self._options.patience

    def note(self, row: dict[str, float]) -> None:
        """One more epoch; its averaged weights are kept if they are the best so far."""
        self.history.append(row)
        if self._best_epoch() == len(self.history):
            self.best = self.teacher.averaged()

    def _best_epoch(self) -> int:
        """The first of the best; 0 before any."""
        return int(max(self.history, key=lambda row: row["macro_f1"])["epoch"]) if self.history else 0

    def save(self, folder: Path, mark: str) -> None:
        chance = {"chance": torch.get_rng_state()}
        if torch.cuda.is_available():
            chance["chance_cuda"] = torch.cuda.get_rng_state()
        tensors = {**self.teacher.tensors(), **named("best", self.best), **chance}
        notes = {
            "mark": mark,
            "steps": self.teacher.steps,
            "history": self.history,
            "shuffle": self.shuffle.getstate(),
        }
        Checkpoint(tensors, notes).save(folder)

    def take_up(self, folder: Path, mark: str) -> None:
        """Go on from the checkpoint in this folder, where there is one; it must be of this very training."""
        found = Checkpoint.load(folder)
        if found is None:
            return
        if found.notes["mark"] != mark:
            raise TrainingFailed(
                f"{folder / FILE} belongs to a training with other rows or options: delete it, or choose "
                "another folder."
            )
        self.teacher.take_up(found.tensors, found.notes["steps"])
        self.best = [value.to(self.best[0].device) for value in unnamed("best", found.tensors)]
        self.history = list(found.notes["history"])
        version, numbers, gauss = found.notes["shuffle"]
        self.shuffle.setstate((version, tuple(numbers), gauss))
        torch.set_rng_state(found.tensors["chance"])
        if torch.cuda.is_available() and "chance_cuda" in found.tensors:
            torch.cuda.set_rng_state(found.tensors["chance_cuda"])


def mark_of(network: Network, rows: Rows, validation: Mapping[str, Rows], options: TrainingOptions) -> str:
    """Equal for two trainings that would give the same weights on the same processor."""
    chosen = {**dataclasses.asdict(options), "device": ""}
    digest = hashlib.sha256(json.dumps([chosen, dataclasses.asdict(network.config)], sort_keys=True).encode())
    for name, held in (("", rows), *sorted(validation.items())):
        digest.update(f"{name} {len(held.ids)}\n".encode())
        digest.update(np.fromiter(map(len, held.ids), dtype=np.int64).tobytes())
        digest.update(np.fromiter((number for ids in held.ids for number in ids), dtype=np.int64).tobytes())
        digest.update(np.ascontiguousarray(held.targets).tobytes())
    return digest.hexdigest()
