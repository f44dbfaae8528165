"""Classifiers whose answers a test lays down, and tiny untrained networks in any scheme."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from models.classifier import Thousandths
from models.classify import ModelClassifier
from models.engine.network import NetworkModel
from models.labels import EMOTIONS, Scheme
from models.manifest import Manifest, Threshold
from models.networks.recurrent import Recurrent, RecurrentConfig
from models.networks.text import Vocabulary
from models.saved import FORMAT, SavedModel, load_model, save_model
from models.schemes import scheme
from models.scores import Scores

WORDS = ("sad", "happy", "afraid", "angry", "a", "b", "day", "good", "wow")


class Said:
    """Answers each text with the row of chances that was laid down for it."""

    languages = frozenset({"en"})

    def __init__(self, labels: Scheme, answers: Mapping[str, Sequence[float]], version: str = "said-1") -> None:
        self.version = version
        self.scheme = labels
        self._answers = answers

    def predict(self, texts: Sequence[str]) -> Scores:
        own = np.array([self._answers[text] for text in texts], dtype=float)
        return Scores(self.scheme, own.reshape(len(texts), len(self.scheme.labels)))

    def emotions(self, texts: Sequence[str]) -> Thousandths:
        return np.round(self.predict(texts).emotions * 1000).astype(np.int16)


def tiny_network(name: str = "dair", cut: int = 500, temperature: float = 1.0) -> SavedModel:
    """Two numbers a word, seeded and never trained; every label's threshold is `cut` thousandths."""
    torch.manual_seed(5)
    labels, words = scheme(name), Vocabulary(WORDS)
    network = Recurrent(RecurrentConfig(len(words), len(labels.labels), embedding=4, hidden=3))
    model = NetworkModel("recurrent", network.eval().requires_grad_(False), words)
    return SavedModel(manifest_of(labels, model, cut, temperature), model)


def manifest_of(labels: Scheme, model: NetworkModel, cut: int = 500, temperature: float = 1.0) -> Manifest:
    at = Threshold(threshold=cut, precision=1, recall=1)
    return Manifest(
        format=FORMAT,
        name=f"tiny-{labels.name}",
        kind=model.kind,
        config=model.config,
        scheme=labels.name,
        labels=labels.labels,
        mapping=dict(labels.mapping),
        multi=labels.multi,
        languages=("en",),
        temperature=temperature,
        thresholds=dict.fromkeys(EMOTIONS, at),
        label_thresholds=dict.fromkeys(labels.labels, at) if labels.multi else {},
        metrics={},
        history=[],
        data_sha256="",
        licence="none",
    )


def tiny_folder(folder: Path, name: str = "dair", cut: int = 500) -> str:
    save_model(folder, tiny_network(name, cut), card="# tiny\n")
    return str(folder)


def tiny_classifier(folder: Path, name: str = "dair", temperature: float = 1.0) -> ModelClassifier:
    save_model(folder, tiny_network(name, temperature=temperature), card="# tiny\n")
    return ModelClassifier(load_model(folder))
