"""The model above the models: a logistic regression on what the members say (stacking)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load as read_tensors
from safetensors.numpy import save as tensors_as_bytes

from models.ensembles.combination import as_logits
from models.linear.model import Plane
from models.saved import WEIGHTS

Floats = npt.NDArray[np.float64]


def said(chances: Floats, multi: bool) -> Floats:
    """(members, texts, labels) → (texts, members * labels): surprise at each label, or log-odds where multi-label.

    Surprise, the negative logarithm of a chance, is never below zero.
    """
    values = as_logits(chances, multi) if multi else -as_logits(chances, multi)
    members, texts, labels = chances.shape
    return values.transpose(1, 0, 2).reshape(texts, members * labels)


@dataclass(frozen=True)
class Meta:
    """`plane` leads from what the members say to logits.

    Noise. Four times how far a member's chance may be off is how far its surprise may be (see `Pool`); each
    logit adds these up, times its slopes, and the chances of the whole are off by at most half of that.
    """

    plane: Plane
    multi: bool

    def logits(self, chances: Floats) -> Floats:
        logits: Floats = said(chances, self.multi) @ self.plane.slopes + self.plane.offsets
        return logits

    def noise(self, noises: Sequence[float]) -> float:
        labels = self.plane.slopes.shape[0] // len(noises)
        reach = np.repeat(np.array(noises), labels) @ np.abs(self.plane.slopes)  # (labels,)
        return max(2 * float(reach.max()), *noises)

    @property
    def config(self) -> dict[str, Any]:
        return {}

    def files(self) -> dict[str, bytes]:
        tensors = {"slopes": self.plane.slopes, "offsets": self.plane.offsets}
        return {WEIGHTS: tensors_as_bytes({name: value.astype(np.float32) for name, value in tensors.items()})}


def read_meta(files: Mapping[str, bytes], members: int, labels: int, multi: bool) -> Meta:
    tensors = read_tensors(files[WEIGHTS])
    slopes, offsets = tensors["slopes"], tensors["offsets"]
    if (slopes.shape, offsets.shape) != ((members * labels, labels), (labels,)):
        raise ValueError("the matrix has not the shape of the members and labels")
    if not (np.isfinite(slopes).all() and np.isfinite(offsets).all()):
        raise ValueError("some weight is not a number")
    return Meta(Plane(slopes, offsets).stored(), multi)
