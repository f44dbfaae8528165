"""What a model says of itself, and the hash by which its version is known."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

_DECIDES = {
    "format",
    "kind",
    "network",
    "labels",
    "mapping",
    "languages",
    "temperature",
    "thresholds",
    "weights_sha256",
    "vocabulary_sha256",
}


class Threshold(BaseModel):
    """From this many thousandths on, the emotion is called present; with what it cost on validation."""

    model_config = ConfigDict(frozen=True)

    threshold: int = Field(gt=0, le=1000)
    precision: float
    recall: float
    curve: list[dict[str, float]] = []


class Manifest(BaseModel):
    """What `model.json` says. A model without temperature or thresholds is no model."""

    model_config = ConfigDict(frozen=True)

    format: int
    name: str
    kind: str
    network: dict[str, float]
    labels: tuple[str, ...]
    mapping: dict[str, str]
    languages: tuple[str, ...]
    temperature: float = Field(gt=0, allow_inf_nan=False)
    thresholds: dict[str, Threshold]
    metrics: dict[str, Any]
    history: list[dict[str, float]]
    data_sha256: str
    licence: str
    weights_sha256: str = ""
    vocabulary_sha256: str = ""
    content_sha256: str = ""

    def content_hash(self) -> str:
        """SHA-256 of all that decides a score or a decision; figures and history may be amended freely."""
        decisive = self.model_dump(mode="json", include=_DECIDES)
        return sha256_of(json.dumps(decisive, sort_keys=True).encode())

    @property
    def version(self) -> str:
        return f"{self.name}@{self.content_sha256[:12]}"


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
