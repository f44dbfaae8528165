"""How the chances that several models give become the logits of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

HOW = ("mean", "product", "max", "min", "weighted")
LEAST = 1e-9
"""Chances nearer to zero or one count as this: nobody is certain enough to veto all others."""


class Combination(Protocol):
    def logits(self, chances: Floats) -> Floats:
        """(members, texts, labels) → (texts, labels)."""
        ...

    def noise(self, noises: Sequence[float]) -> float:
        """From how far each member's chances may be off, in thousandths, to how far those combined may."""
        ...

    @property
    def config(self) -> dict[str, Any]: ...

    def files(self) -> dict[str, bytes]: ...


def as_logits(chances: Floats, multi: bool) -> Floats:
    """Whose softmax, or whose sigmoids, the chances are."""
    inside = np.clip(chances, LEAST, 1 - LEAST if multi else 1.0)
    return np.log(inside) - np.log1p(-inside) if multi else np.log(inside)


@dataclass(frozen=True)
class Pool:
    """The members' chances averaged (each its weight, if `weights`), multiplied, or their highest or lowest taken.

    Noise. A chance off by d because the logits behind it are off is off the most where it is one half; there, four
    times d is how far its logarithm is off, relative to the others'. Averages, the highest and the lowest of
    chances are relatively no further off than the worst of them, products than the sum of all. Taking the
    shares of a whole again doubles it, and a quarter of that is how far a share can be off in all.
    """

    how: str
    multi: bool
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.how not in HOW:
            raise ValueError(f"members can be combined by {', '.join(HOW)}")
        if (self.how == "weighted") != bool(self.weights):
            raise ValueError("weights belong to the weighted mean")
        if self.weights and not (min(self.weights) >= 0 and abs(sum(self.weights) - 1) < 1e-6):
            raise ValueError("weights must be shares of one")

    def logits(self, chances: Floats) -> Floats:
        if self.how == "product":
            return as_logits(chances, self.multi).sum(axis=0)  # type: ignore[no-any-return]
        return as_logits(self._pooled(chances), self.multi)

    def _pooled(self, chances: Floats) -> Floats:
        if self.how == "weighted":
            return (np.array(self.weights)[:, None, None] * chances).sum(axis=0)  # type: ignore[no-any-return]
        pooled: Floats = {"mean": np.mean, "max": np.max, "min": np.min}[self.how](chances, axis=0)  # type: ignore[operator]
        return pooled

    def noise(self, noises: Sequence[float]) -> float:
        return 2 * (sum(noises) if self.how == "product" else max(noises))

    @property
    def config(self) -> dict[str, Any]:
        return {"how": self.how, "weights": list(self.weights)}

    def files(self) -> dict[str, bytes]:
        return {}


@dataclass(frozen=True)
class Votes:
    """Every member names one label, and its voice is added to that label's logit (SAMME).

    A vote has no half: members must be free of noise, as linear models are, or a text's votes would
    depend on its company.
    """

    voices: tuple[float, ...]

    def logits(self, chances: Floats) -> Floats:
        said = chances.argmax(axis=2)  # (members, texts)
        votes = said[:, :, None] == np.arange(chances.shape[2])
        return (np.array(self.voices)[:, None, None] * votes).sum(axis=0)  # type: ignore[no-any-return]

    def noise(self, noises: Sequence[float]) -> float:
        return max(noises)

    @property
    def config(self) -> dict[str, Any]:
        return {"voices": list(self.voices)}

    def files(self) -> dict[str, bytes]:
        return {}
