"""What the rest of Tideline knows of a model: one verb and a name."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Thousandths = npt.NDArray[np.int16]
"""Scores as whole thousandths, shape (texts, 7), columns in the order of `labels.EMOTIONS`.

Whole numbers, so that sums do not depend on their order and two runs can be compared byte for byte.
"""


class Classifier(Protocol):
    """Text in, emotion scores out.

    `emotions(texts)` gives each text the same thousandths whatever its neighbours in the call, their
    order or their number: this is what makes the stored series independent of batch boundaries.
    It raises `ModelOutage` when the same call may work later, and anything else when a text is at fault.
    """

    @property
    def version(self) -> str:
        """Name and content hash, stored with every point."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes of the languages it was trained on."""
        ...

    def emotions(self, texts: Sequence[str]) -> Thousandths: ...
