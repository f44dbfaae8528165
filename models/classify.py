"""Any saved model as a `Classifier`: temperature, mapping, and rounding that does not depend on company."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.classifier import Thousandths
from models.evaluation.calibration import chances_of
from models.saved import SavedModel
from models.scores import Scores

Floats = npt.NDArray[np.float64]


class ModelClassifier:
    """A saved model of any kind.

    The last bit of a sum may depend on how the texts were batched, so scores are rounded to thousandths, and
    those within the model's `noise` of a rounding boundary are evaluated alone, in 64-bit numbers. What
    is returned is therefore always the rounding of the 64-bit value.

    >>> from models.labels import EMOTIONS
    >>> from models.load import load_classifier
    >>> scores = load_classifier("default").emotions(["i feel so sad and hopeless today"])
    >>> EMOTIONS[scores[0].argmax()]
    'sadness'
    """

    def __init__(self, saved: SavedModel, suffix: str = "") -> None:
        """`suffix` ends the version where the model does not run as it was saved."""
        self.manifest = saved.manifest
        self.model = saved.model
        self.version = saved.manifest.version + suffix
        self.languages = frozenset(saved.manifest.languages)
        self.scheme = saved.manifest.label_scheme()
        self._noise = saved.model.noise * saved.manifest.calibration.growth

    def predict(self, texts: Sequence[str]) -> Scores:
        """Calibrated chances, unrounded."""
        return Scores(self.scheme, self._chances(self.model.logits(texts)))

    def emotions(self, texts: Sequence[str]) -> Thousandths:
        """Thousandths (texts, 7), the same for a text in whatever company."""
        scaled = self.predict(texts).emotions * 1000
        for row in self._doubtful(scaled):
            chances = self._chances(self.model.exact(texts[row]))
            scaled[row] = self.scheme.fold(chances)[0] * 1000
        return np.floor(scaled + 0.5).astype(np.int16)

    def _doubtful(self, scaled: Floats) -> list[int]:
        """Rows with a value near a rounding boundary."""
        from_boundary = np.abs(scaled - np.floor(scaled) - 0.5)
        return [int(row) for row in np.flatnonzero((from_boundary < self._noise).any(axis=1))]

    def _chances(self, logits: Floats) -> Floats:
        return chances_of(logits, self.manifest.calibration, self.scheme.multi)
