"""A model on disk: a folder that carries everything its scores depend on, and says so with hashes.

model.safetensors   the weights, 16-bit numbers; never a pickle, which could run code
model.json          shape, labels, mapping, temperature, thresholds, figures, history, hashes (`Manifest`)
vocabulary.txt      one word a line
README.md           the model card, for people
"""

import json
import math
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as tensors_as_bytes

from models.errors import ModelUnusable
from models.labels import EMOTIONS
from models.manifest import Manifest, sha256_of
from models.networks import BiLSTM, RecurrentConfig
from models.text import Vocabulary

FORMAT = 1
WEIGHTS, MANIFEST, VOCABULARY, CARD = "model.safetensors", "model.json", "vocabulary.txt", "README.md"


@dataclass(frozen=True)
class SavedModel:
    """A loaded folder: the network in 32-bit numbers, its vocabulary and its manifest."""

    manifest: Manifest
    network: BiLSTM
    vocabulary: Vocabulary


def shape_of(network: BiLSTM) -> dict[str, float]:
    """The network's configuration as `Manifest.network` holds it."""
    return asdict(network.config)


def save_model(folder: Path, model: SavedModel, card: str) -> Manifest:
    """Write the folder whole or not at all; hashes are filled in and the completed manifest returned."""
    weights = tensors_as_bytes(_halves(model.network))
    vocabulary = "\n".join(model.vocabulary.words).encode()
    manifest = _with_hashes(model.manifest, weights, vocabulary)
    document = json.dumps(manifest.model_dump(mode="json"), indent=1, ensure_ascii=False).encode()
    files = {WEIGHTS: weights, VOCABULARY: vocabulary, MANIFEST: document, CARD: card.encode()}
    try:
        _write_folder(folder, files)
    except OSError as error:
        raise ModelUnusable(
            f"{folder} could not be written ({error.strerror}): make room or choose another folder."
        ) from error
    return manifest


def _halves(network: BiLSTM) -> dict[str, torch.Tensor]:
    return {name: value.half().contiguous() for name, value in network.state_dict().items()}


def _with_hashes(manifest: Manifest, weights: bytes, vocabulary: bytes) -> Manifest:
    hashed = manifest.model_copy(
        update={"weights_sha256": sha256_of(weights), "vocabulary_sha256": sha256_of(vocabulary)}
    )
    return hashed.model_copy(update={"content_sha256": hashed.content_hash()})


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
        fresh = Path(scratch) / "fresh"
        fresh.mkdir()
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        if folder.exists():
            os.replace(folder, Path(scratch) / "old")
        os.replace(fresh, folder)


def load_model(folder: Path) -> SavedModel:
    """Read a model folder, trusting nothing: every file is checked against the manifest's hashes."""
    manifest = _read_manifest(folder)
    weights = _checked(folder / WEIGHTS, manifest.weights_sha256)
    vocabulary = Vocabulary(_checked(folder / VOCABULARY, manifest.vocabulary_sha256).decode().split("\n"))
    return SavedModel(manifest, _network(folder, manifest, weights, vocabulary), vocabulary)


def _read_manifest(folder: Path) -> Manifest:
    document = _json(folder)
    if document.get("format") != FORMAT:
        raise ModelUnusable(
            f"{folder} has model format {document.get('format')!r}, this program reads format {FORMAT}: "
            "export it again with a matching version."
        )
    try:
        manifest = Manifest.model_validate(document)
    except ValidationError as error:
        fields = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors()}))
        raise ModelUnusable(f"{folder}/{MANIFEST} lacks or misstates {fields}: save it again.") from error
    _check(folder, manifest)
    return manifest


def _json(folder: Path) -> dict[str, Any]:
    try:
        document = json.loads(_read(folder / MANIFEST))
    except ValueError as error:
        raise ModelUnusable(f"{folder}/{MANIFEST} is not JSON: restore it from its source.") from error
    if not isinstance(document, dict):
        raise ModelUnusable(f"{folder}/{MANIFEST} is not a JSON object: restore it from its source.")
    return document


def _check(folder: Path, manifest: Manifest) -> None:
    if manifest.content_hash() != manifest.content_sha256:
        raise ModelUnusable(f"{folder}/{MANIFEST} was changed after saving: restore it from its source.")
    if manifest.kind != "bilstm":
        raise ModelUnusable(f"{folder} holds a {manifest.kind!r} model, which this program cannot run.")
    if set(manifest.mapping) != set(manifest.labels) or not set(manifest.mapping.values()) <= set(EMOTIONS):
        raise ModelUnusable(f"{folder} does not map each of its labels to an emotion: save it again.")
    if set(manifest.thresholds) != set(EMOTIONS):
        raise ModelUnusable(f"{folder} lacks a threshold for some emotion: calibrate it again.")


def _network(folder: Path, manifest: Manifest, weights: bytes, vocabulary: Vocabulary) -> BiLSTM:
    try:
        network = BiLSTM(_config(manifest)).eval().requires_grad_(False)
        network.load_state_dict({name: value.float() for name, value in read_tensors(weights).items()})
    except (SafetensorError, RuntimeError, TypeError, ValueError) as error:
        raise ModelUnusable(f"{folder}/{WEIGHTS} does not fit {MANIFEST}: save the model again.") from error
    shape = (network.config.vocabulary, network.config.labels)
    if shape != (len(vocabulary), len(manifest.labels)) or not _finite(network):
        raise ModelUnusable(f"{folder} does not fit its own {MANIFEST}: save the model again.")
    return network


def _config(manifest: Manifest) -> RecurrentConfig:
    whole = {"vocabulary", "labels", "embedding", "hidden", "layers"}
    shape: dict[str, Any] = {k: int(v) if k in whole else v for k, v in manifest.network.items()}
    return RecurrentConfig(**shape)


def _finite(network: BiLSTM) -> bool:
    return all(math.isfinite(float(value.sum())) for value in network.parameters())


def _checked(path: Path, expected: str) -> bytes:
    content = _read(path)
    if sha256_of(content) != expected:
        raise ModelUnusable(f"{path} is not the file that was saved (its hash differs): restore it.")
    return content


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelUnusable(f"{path} cannot be read ({error.strerror}): name a whole model folder.") from error
