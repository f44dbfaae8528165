"""What a kind of model must be able to do, and where each kind lives."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from models.manifest import Manifest

Floats = npt.NDArray[np.float64]
Files = Mapping[str, bytes]
"""The contents of a model folder by file name, hashes checked."""


class Model(Protocol):
    """Texts in, uncalibrated logits out, and itself as files.

    Temperature, mapping, rounding and the answer in the seven emotions are the same for every kind, and live in
    `models.classify.ModelClassifier`.
    """

    @property
    def kind(self) -> str: ...

    @property
    def config(self) -> dict[str, Any]:
        """Its shape as `model.json` holds it; with the files it is enough to build it again."""
        ...

    @property
    def noise(self) -> float:
        """How far, in thousandths, a chance may be off by who is scored beside it; 0 when not at all."""
        ...

    def logits(self, texts: Sequence[str]) -> Floats:
        """(texts, labels); chances are their softmax, or their sigmoids where the scheme is multi-label."""
        ...

    def exact(self, text: str) -> Floats:
        """(1, labels), computed alone and in 64 bits, so that its rounding is certain."""
        ...

    def files(self) -> dict[str, bytes]:
        """Weights as safetensors, words as text; never a pickle."""
        ...


Find = Callable[[str], "Any"]
"""From a version to the loaded model of that version; an ensemble asks it for its members."""

Read = Callable[[Manifest, Files, Find], Model]

_READERS = {
    "naive-bayes": "models.linear.model:read",
    "logistic": "models.linear.model:read",
    "svm": "models.linear.model:read",
    "ensemble": "models.ensembles.read:read_ensemble",
    "bagging": "models.ensembles.read:read_bagging",
    "boosting": "models.ensembles.read:read_boosting",
    "stacking": "models.ensembles.read:read_stacking",
    "recurrent": "models.networks.word_models:read_recurrent",
    "cnn": "models.networks.word_models:read_cnn",
    "onehot": "models.networks.word_models:read_onehot",
    "grams": "models.networks.word_models:read_grams",
    "transformer": "models.networks.transformer_model:read",
}
"""Kind → the function that builds a model from its manifest and files. Imported only when met."""


def is_kind(kind: str) -> bool:
    """Whether this program can run it, without importing what would."""
    return kind in _READERS


def reader_of(kind: str) -> Read | None:
    if kind not in _READERS:
        return None
    module, name = _READERS[kind].split(":")
    found: Read = getattr(importlib.import_module(module), name)
    return found
