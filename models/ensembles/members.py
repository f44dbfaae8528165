"""The models inside an ensemble: those it names by version, and those it carries in its own folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.evaluation.calibration import Calibration, chances_of
from models.kinds import Files, Find, Model, reader_of
from models.manifest import Manifest
from models.saved import SavedModel

Floats = npt.NDArray[np.float64]

FOLDER = "members"


@dataclass(frozen=True)
class Member:
    """A model that lives in a folder of its own; `name` is its version."""

    name: str
    model: Model
    calibration: Calibration
    multi: bool

    def chances(self, texts: Sequence[str]) -> Floats:
        return chances_of(self.model.logits(texts), self.calibration, self.multi)

    def exact(self, text: str) -> Floats:
        return chances_of(self.model.exact(text), self.calibration, self.multi)

    @property
    def noise(self) -> float:
        """In thousandths, of its calibrated chances; calibration may make more of the same difference."""
        return self.model.noise * self.calibration.growth

    @property
    def entry(self) -> Any:
        """How the ensemble's `model.json` speaks of it."""
        return self.name

    def files(self) -> dict[str, bytes]:
        return {}


@dataclass(frozen=True)
class Inside(Member):
    """A model taught for this ensemble only; `name` is its folder under `members/`."""

    @property
    def entry(self) -> Any:
        return {
            "name": self.name,
            "kind": self.model.kind,
            "config": self.model.config,
            "temperature": self.calibration.temperature,
        }

    def files(self) -> dict[str, bytes]:
        return {f"{FOLDER}/{self.name}/{name}": content for name, content in self.model.files().items()}


def member_of(saved: SavedModel) -> Member:
    return Member(saved.manifest.version, saved.model, saved.manifest.calibration, saved.manifest.multi)


def read_inside(manifest: Manifest, files: Files, find: Find) -> list[Inside]:
    """Every member that the folder carries."""
    return [_read_one(manifest, entry, files, find) for entry in manifest.config["members"]]


def _read_one(manifest: Manifest, entry: dict[str, Any], files: Files, find: Find) -> Inside:
    read = reader_of(entry["kind"])
    if read is None or not entry["temperature"] > 0:
        raise ValueError(f"member {entry['name']} is no model that this program can run")
    prefix = f"{FOLDER}/{entry['name']}/"
    own = {name.removeprefix(prefix): content for name, content in files.items() if name.startswith(prefix)}
    described = manifest.model_copy(update={key: entry[key] for key in ("kind", "config", "temperature")})
    return Inside(entry["name"], read(described, own, find), Calibration(entry["temperature"]), manifest.multi)
