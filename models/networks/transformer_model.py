"""A transformer built from its base for training, or read back from a model folder."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from safetensors.torch import load as read_tensors

from models.engine.network import NetworkModel
from models.errors import ModelUnusable
from models.kinds import Files, Find
from models.manifest import Manifest
from models.networks.bases import SCRATCH, base_folder, base_hash, check_same
from models.networks.hangul import readable
from models.networks.pieces import Pieces, cleaned
from models.networks.pretrained import empty_encoder_of, encoder_of, stored_with, tokenizer_of
from models.networks.reading import checked
from models.networks.transformer import Transformer, TransformerConfig, merged, prepared
from models.saved import WEIGHTS


def build_transformer(config: TransformerConfig) -> tuple[Transformer, Pieces]:
    """Ready to be trained; the network's config says which version of the base it is."""
    folder = base_folder(config.base)
    if config.base_sha256:
        check_same(config.base, folder, config.base_sha256)
    body, tokenizer = encoder_of(folder), tokenizer_of(folder)
    config = replace(config, base_sha256=base_hash(folder))
    _check_shape(config, body)
    stored = {} if config.rank else stored_with(body, tokenizer)
    return prepared(config, body), Pieces(tokenizer, config.length, stored)


def read(manifest: Manifest, files: Files, _find: Find) -> NetworkModel:
    """Adapters are merged into their base, which must be the very one they were trained on; a full
    fine-tune brings everything along. Raises `ValueError` and its like when the files do not fit each other."""
    config = TransformerConfig(**manifest.config)
    network, encoder = _on_its_base(config, files) if config.rank else _whole(config, files)
    return NetworkModel(manifest.kind, checked(network, manifest), encoder)


def _on_its_base(config: TransformerConfig, files: Files) -> tuple[Transformer, Pieces]:
    folder = base_folder(config.base)
    check_same(config.base, folder, config.base_sha256)
    network = merged(config, encoder_of(folder), read_tensors(files[WEIGHTS]))
    return network, Pieces(tokenizer_of(folder), config.length)


def _whole(config: TransformerConfig, files: Files) -> tuple[Transformer, Pieces]:
    stored = {name: content for name, content in files.items() if name != WEIGHTS}
    with _as_folder(stored) as folder:
        tokenizer, body = tokenizer_of(folder), empty_encoder_of(folder)
    network = Transformer(config, body)
    network.restore(read_tensors(files[WEIGHTS]))
    return network, Pieces(tokenizer, config.length, stored, readable if config.base == SCRATCH else cleaned)


def _check_shape(config: TransformerConfig, body: Any) -> None:
    longest = int(getattr(body.config, "max_position_embeddings", config.length))
    if body.config.model_type in ("roberta", "xlm-roberta", "camembert"):
        longest -= body.config.pad_token_id + 1  # their positions are counted from behind the filling's number
    if config.length > longest:
        raise ModelUnusable(f"The encoder {config.base!r} reads at most {longest} pieces: use a length up to that.")
    if config.frozen > body.config.num_hidden_layers:
        raise ModelUnusable(
            f"The encoder {config.base!r} has {body.config.num_hidden_layers} layers: freeze at most so many."
        )


@contextmanager
def _as_folder(files: Files) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as scratch:
        for name, content in files.items():
            (Path(scratch) / Path(name).name).write_bytes(content)
        yield Path(scratch)
