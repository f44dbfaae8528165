"""Getting a model's answers, and all that is needed of the model to judge them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.classifier import Classifier
from models.evaluation.calibration import Calibration, uncalibrated
from models.evaluation.metrics import Floats
from models.manifest import Manifest
from models.scores import Scores

AT_ONCE = 8_192
"""Texts a call: enough to sort by length, and memory stays bounded by the scores alone."""


@dataclass(frozen=True)
class Answers:
    """What one model says of all rows. A model that was never calibrated, as word lists, has temperature 1."""

    version: str
    scores: Scores
    seconds: float
    calibration: Calibration
    cuts: Floats
    """(labels): the chance from which on a multi-label model says yes."""

    def uncalibrated(self) -> Scores:
        scheme = self.scores.scheme
        return replace(self.scores, own=uncalibrated(self.scores.own, self.calibration, scheme.multi))


def ask(classifier: Classifier, texts: Sequence[str]) -> Answers:
    start = time.perf_counter()
    parts = [classifier.predict(texts[at : at + AT_ONCE]).own for at in range(0, len(texts), AT_ONCE)]
    seconds = time.perf_counter() - start
    scores = Scores(classifier.scheme, np.concatenate(parts))
    manifest = manifest_of(classifier)
    calibration = manifest.calibration if manifest else Calibration()
    return Answers(classifier.version, scores, seconds, calibration, cuts_of(classifier))


def manifest_of(classifier: Classifier) -> Manifest | None:
    """What a saved model says of itself; None for one that was never saved."""
    found = getattr(classifier, "manifest", None)
    return found if isinstance(found, Manifest) else None


def cuts_of(classifier: Classifier) -> Floats:
    """The stored threshold of each label of its own, as a chance; a half where none is stored."""
    manifest = manifest_of(classifier)
    stored = manifest.label_thresholds if manifest else {}
    return np.array([stored[label].threshold / 1000 if label in stored else 0.5 for label in classifier.scheme.labels])
