"""What a model says about a row of texts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.labels import Scheme

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Calibrated chances (texts, labels) over the model's own scheme, and the same folded to the seven emotions.

    Unrounded: the last digits may depend on who was scored beside whom. What is stored comes from
    `Classifier.emotions`, which does not.
    """

    scheme: Scheme
    own: Floats

    @property
    def emotions(self) -> Floats:
        """(texts, 7), by the scheme's stored mapping."""
        return self.scheme.fold(self.own)

    def best(self, allowed: Sequence[str] | None = None) -> list[str]:
        """The highest-scored label of each text, among those allowed (all, unless told)."""
        columns = np.array([self.scheme.labels.index(label) for label in allowed or self.scheme.labels])
        return [self.scheme.labels[columns[at]] for at in self.own[:, columns].argmax(axis=1)]
