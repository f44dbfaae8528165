"""Naive Bayes, logistic regression and SVM as a `Model`: after training, all three are one matrix."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load as read_tensors
from safetensors.numpy import save as tensors_as_bytes

from models.kinds import Files, Find
from models.linear.features import Features, read_ngrams, written
from models.linear.options import LinearOptions
from models.manifest import Manifest
from models.saved import WEIGHTS

Floats = npt.NDArray[np.float64]

NGRAMS = "ngrams.jsonl"


@dataclass(frozen=True)
class Plane:
    """logits = features @ slopes + offsets; a text without a known n-gram gets the offsets."""

    slopes: Floats  # (n-grams, labels)
    offsets: Floats  # (labels,)

    def stored(self) -> "Plane":
        """The same in the 32 bits in which it is kept; calculating is in 64."""
        kept = (np.ascontiguousarray(values, dtype=np.float32) for values in (self.slopes, self.offsets))
        return Plane(*(values.astype(np.float64) for values in kept))


class LinearModel:
    """A text's logits are sums over its own n-grams, always in the same order, whoever is scored beside it."""

    noise = 1e-9
    """Logits do not depend on company at all; the sums of the chances over labels after them may, in the last bit."""

    def __init__(self, kind: str, features: Features, plane: Plane) -> None:
        self.kind = kind
        self.config: dict[str, Any] = {**asdict(features.options), "ngrams": list(features.options.ngrams)}
        self.features = features
        self.plane = plane.stored()

    def logits(self, texts: Sequence[str]) -> Floats:
        if not texts:
            return np.empty((0, len(self.plane.offsets)))
        logits: Floats = self.features.matrix(texts) @ self.plane.slopes + self.plane.offsets
        return logits

    def exact(self, text: str) -> Floats:
        return self.logits([text])

    def files(self) -> dict[str, bytes]:
        tensors = {
            "rarity": self.features.rarity.astype(np.float32),
            "slopes": self.plane.slopes.astype(np.float32),
            "offsets": self.plane.offsets.astype(np.float32),
        }
        return {WEIGHTS: tensors_as_bytes(tensors), NGRAMS: written(self.features.ngrams)}


def read(manifest: Manifest, files: Files, _find: Find) -> LinearModel:
    """Raises `ValueError` and its like when the files do not fit each other."""
    tensors = read_tensors(files[WEIGHTS])
    ngrams = read_ngrams(files[NGRAMS])
    slopes, offsets, rarity = tensors["slopes"], tensors["offsets"], tensors["rarity"]
    if (slopes.shape, offsets.shape) != ((len(ngrams), len(manifest.labels)), (len(manifest.labels),)):
        raise ValueError("the matrix has not the shape of the n-grams and labels")
    if not all(np.isfinite(values).all() for values in (slopes, offsets, rarity)):
        raise ValueError("some weight is not a number")
    options = LinearOptions(**{**manifest.config, "ngrams": tuple(manifest.config["ngrams"])})
    return LinearModel(manifest.kind, Features(options, ngrams, rarity), Plane(slopes, offsets))
