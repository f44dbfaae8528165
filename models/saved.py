"""A model on disk: a folder that carries everything its scores depend on, and says so with hashes.

model.json          shape, labels, mapping, temperature, thresholds, figures, history, hashes (`Manifest`)
README.md           the model card, for people
history.json        the training, epoch by epoch, for whoever draws it (also in model.json)
and the files of its kind: weights as safetensors (never a pickle, which could run code), words as text
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from safetensors import SafetensorError

from models.errors import ModelError, ModelUnusable
from models.kinds import Find, Model, reader_of
from models.labels import EMOTIONS
from models.manifest import Manifest, sha256_of
from models.writing import unwritable, write_folder

FORMAT = 2
MANIFEST, CARD, HISTORY = "model.json", "README.md", "history.json"
WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class SavedModel:
    """A model and all that is known of it."""

    manifest: Manifest
    model: Model


def save_model(folder: Path, saved: SavedModel, card: str) -> Manifest:
    """Write the folder whole or not at all; hashes are filled in and the completed manifest returned.

    A model that lies there is replaced; anything else that lies there is refused.
    """
    files = saved.model.files()
    manifest = _with_hashes(saved.manifest, files)
    document = json.dumps(manifest.model_dump(mode="json"), indent=1, ensure_ascii=False).encode()
    try:
        all_of_it = {**files, MANIFEST: document, CARD: card.encode(), HISTORY: _history(manifest)}
        write_folder(folder, all_of_it, mark=MANIFEST)
    except OSError as error:
        raise unwritable(folder, error) from error
    return manifest


def _history(manifest: Manifest) -> bytes:
    return json.dumps(manifest.history, indent=1).encode()


def _with_hashes(manifest: Manifest, files: Mapping[str, bytes]) -> Manifest:
    hashed = manifest.model_copy(update={"files": {name: sha256_of(files[name]) for name in sorted(files)}})
    return hashed.model_copy(update={"content_sha256": hashed.content_hash()})


def nowhere(version: str) -> SavedModel:
    """The `Find` of a model that has no members."""
    raise ModelUnusable(f"The model refers to {version}, which is not here: import that model too.")


def load_model(folder: Path, find: Find = nowhere) -> SavedModel:
    """Read a model folder, trusting nothing: every file is checked against the manifest's hashes."""
    manifest = read_manifest(folder)
    read = reader_of(manifest.kind)
    if read is None:
        raise ModelUnusable(f"{folder} holds a {manifest.kind!r} model, which this program cannot run.")
    files = checked_files(folder, manifest)
    try:
        return SavedModel(manifest, read(manifest, files, find))
    except ModelError:
        raise
    except SafetensorError as error:
        raise ModelUnusable(
            f"The weights in {folder} are no safetensors file, and pickles are never read: restore the folder from a "
            "source that has them as safetensors."
        ) from error
    except (RuntimeError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise ModelUnusable(f"{folder} does not fit its own {MANIFEST}: save the model again.") from error


def checked_files(folder: Path, manifest: Manifest) -> dict[str, bytes]:
    """Every file that decides a score, by name, each with the hash that the manifest says."""
    return {name: _checked(folder, name, expected) for name, expected in manifest.files.items()}


def read_manifest(folder: Path) -> Manifest:
    """Only `model.json`, checked against its own hash."""
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
    if set(manifest.mapping) != set(manifest.labels) or not set(manifest.mapping.values()) <= set(EMOTIONS):
        raise ModelUnusable(f"{folder} does not map each of its labels to an emotion: save it again.")
    if set(manifest.thresholds) != set(EMOTIONS):
        raise ModelUnusable(f"{folder} lacks a threshold for some emotion: calibrate it again.")
    if manifest.multi and set(manifest.label_thresholds) != set(manifest.labels):
        raise ModelUnusable(f"{folder} lacks a threshold for some of its labels: calibrate it again.")


def _checked(folder: Path, name: str, expected: str) -> bytes:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ModelUnusable(f"{folder}/{MANIFEST} names {name!r}, which lies outside the folder: do not use it.")
    content = _read(path)
    if sha256_of(content) != expected:
        raise ModelUnusable(f"{path} is not the file that was saved (its hash differs): restore it.")
    return content


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelUnusable(f"{path} cannot be read ({error.strerror}): name a whole model folder.") from error
