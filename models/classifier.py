"""What the rest of Tideline knows of a model: two verbs and a name."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.labels import Scheme
from models.scores import Scores

Thousandths = npt.NDArray[np.int16]
"""Scores as whole thousandths, shape (texts, 7), columns in the order of `labels.EMOTIONS`.

Whole numbers, so that sums do not depend on their order and two runs can be compared byte for byte.
"""


class Classifier(Protocol):
    """Text in, emotion scores out.

    `emotions(texts)` gives each text the same thousandths whatever its neighbours in the call, their
    order or their number: this is what makes the stored series independent of batch boundaries.
    `predict(texts)` gives the calibrated chances themselves, over the model's own labels too.
    Both raise `ModelOutage` when the same call may work later, and anything else when a text is at fault.
    """

    @property
    def version(self) -> str:
        """Name and content hash, stored with every point."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes of the languages it was trained on."""
        ...

    @property
    def scheme(self) -> Scheme:
        """Its own labels, and what they mean in the canonical seven."""
        ...

    def predict(self, texts: Sequence[str]) -> Scores: ...

    def emotions(self, texts: Sequence[str]) -> Thousandths: ...
