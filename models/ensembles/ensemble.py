"""Several models that answer as one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from models.ensembles.combination import Combination
from models.ensembles.members import Member

Floats = npt.NDArray[np.float64]


class Ensemble:
    """Asks its members for calibrated chances and combines them."""

    def __init__(self, kind: str, members: Sequence[Member], combination: Combination) -> None:
        self.kind = kind
        self.members = tuple(members)
        self.combination = combination

    @property
    def config(self) -> dict[str, Any]:
        return {"members": [member.entry for member in self.members], **self.combination.config}

    @property
    def noise(self) -> float:
        return self.combination.noise([member.noise for member in self.members])

    def logits(self, texts: Sequence[str]) -> Floats:
        return self.combination.logits(np.stack([member.chances(texts) for member in self.members]))

    def exact(self, text: str) -> Floats:
        """From the members' own exact chances."""
        return self.combination.logits(np.stack([member.exact(text) for member in self.members]))

    def files(self) -> dict[str, bytes]:
        inside = {name: content for member in self.members for name, content in member.files().items()}
        return {**inside, **self.combination.files()}
