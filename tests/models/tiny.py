"""Tiny untrained models, whole enough to be saved, loaded, exported and used."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from models.engine.network import NetworkModel
from models.labels import EMOTIONS
from models.manifest import Manifest, Threshold
from models.networks.recurrent import Recurrent, RecurrentConfig
from models.networks.text import Vocabulary
from models.saved import FORMAT, SavedModel, save_model

HALF = Threshold(threshold=500, precision=0.5, recall=0.5)


def tiny_model(name: str = "tiny", seed: int = 3, layers: int = 1, **changes: Any) -> SavedModel:
    """A two-label network of a few hundred weights; another seed is another version."""
    vocabulary = Vocabulary(["sad", "happy", "😭"])
    labels = ("sadness", "anger")
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = Recurrent(RecurrentConfig(len(vocabulary), len(labels), embedding=8, hidden=6, layers=layers))
    model = NetworkModel("recurrent", network.eval().requires_grad_(False), vocabulary)
    manifest = Manifest(
        format=FORMAT,
        name=name,
        kind=model.kind,
        config=model.config,
        scheme="two",
        labels=labels,
        mapping={label: label for label in labels},
        languages=("en",),
        temperature=1.3,
        thresholds=dict.fromkeys(EMOTIONS, HALF),
        metrics={"test": {"made-up": {"rows": 10, "accuracy": 0.5, "macro_f1": 0.25}}},
        history=[{"epoch": 1.0, "loss": 0.5}],
        data_sha256="",
        licence="none",
    )
    return SavedModel(manifest.model_copy(update=changes), model)


def saved(folder: Path, name: str = "tiny", seed: int = 3, **changes: Any) -> Manifest:
    """`tiny_model`, written to `folder`."""
    return save_model(folder, tiny_model(name, seed, **changes), card=f"# {name}\n")


def amend(folder: Path, change: Callable[[dict[str, Any]], object], resign: bool = False) -> None:
    """Edit model.json; with `resign`, as somebody who also corrects the hash would."""
    path = folder / "model.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    if resign:
        document["content_sha256"] = Manifest.model_validate(document).content_hash()
    path.write_text(json.dumps(document), encoding="utf-8")
