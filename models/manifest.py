"""What a model says of itself, and the hash by which its version is known."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models.evaluation.calibration import Calibration
from models.labels import Scheme

_DECIDES = {
    "format",
    "kind",
    "config",
    "labels",
    "mapping",
    "multi",
    "languages",
    "temperature",
    "by_margin",
    "thresholds",
    "label_thresholds",
    "files",
}


class Threshold(BaseModel):
    """From this many thousandths on, the emotion is called present; with what it cost on validation."""

    model_config = ConfigDict(frozen=True)

    threshold: int = Field(gt=0, le=1000)
    precision: float
    recall: float
    curve: list[dict[str, float]] = []


class Manifest(BaseModel):
    """What `model.json` says. A model without temperature or thresholds is no model.

    `thresholds` are for the seven emotions; a multi-label model also has one for each label of its own.
    `files` are the SHA-256 of every file that decides a score.
    """

    model_config = ConfigDict(frozen=True)

    format: int
    name: str
    kind: str
    config: dict[str, Any]
    scheme: str
    labels: tuple[str, ...]
    mapping: dict[str, str]
    multi: bool = False
    languages: tuple[str, ...]
    temperature: float = Field(gt=0, allow_inf_nan=False)
    by_margin: tuple[float, ...] = ()
    thresholds: dict[str, Threshold]
    label_thresholds: dict[str, Threshold] = {}
    metrics: dict[str, Any]
    history: list[dict[str, float]]
    training: dict[str, Any] = {}
    data_sha256: str
    licence: str
    files: dict[str, str] = {}
    content_sha256: str = ""

    def content_hash(self) -> str:
        """SHA-256 of all that decides a score or a decision; figures and history may be amended freely."""
        decisive = self.model_dump(mode="json", include=_DECIDES)
        if not self.by_margin:
            del decisive["by_margin"]
        return sha256_of(json.dumps(decisive, sort_keys=True).encode())

    @property
    def version(self) -> str:
        return f"{self.name}@{self.content_sha256[:12]}"

    @property
    def calibration(self) -> Calibration:
        return Calibration(self.temperature, self.by_margin)

    def label_scheme(self) -> Scheme:
        """The scheme as it was when the model was saved, whatever the shipped file says now."""
        return Scheme(self.scheme, self.labels, self.mapping, multi=self.multi)


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
