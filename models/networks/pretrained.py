"""Encoders and tokenizers as transformers loads them: safetensors only, no remote code, and none of its reports."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import nn

from models.errors import ModelUnusable
from models.networks.spm_tokenizer import spm_file_of, tokenizer_from

SHAPE = "config.json"


def encoder_of(folder: Path) -> nn.Module:
    """The encoder in 32 bits, without the pooler that some families add and this project does not use."""
    from transformers import AutoModel

    try:
        with _silence():
            body, report = AutoModel.from_pretrained(
                folder, dtype=torch.float32, use_safetensors=True, output_loading_info=True
            )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelUnusable(f"{folder} holds no encoder that transformers can load: use another base.") from error
    missing = sorted(name for name in report["missing_keys"] if "pooler" not in name)
    if missing:
        raise ModelUnusable(f"{folder} lacks {len(missing)} weights such as {missing[0]}: use a complete encoder.")
    return _without_pooler(body)


def empty_encoder_of(folder: Path) -> nn.Module:
    """The shape only; the weights that chance fills in are replaced, and the caller's chance is left alone."""
    from transformers import AutoConfig, AutoModel

    with _silence(), torch.random.fork_rng(devices=[]):
        shape = AutoConfig.from_pretrained(folder)
        body: nn.Module = AutoModel.from_config(shape, dtype=torch.float32)  # type: ignore[no-untyped-call]
    return _without_pooler(body)


def _without_pooler(body: nn.Module) -> nn.Module:
    if hasattr(body, "pooler"):
        body.pooler = None  # type: ignore[assignment]
    return body


def tokenizer_of(folder: Path) -> Any:
    from transformers import AutoTokenizer

    file = spm_file_of(folder)
    try:
        with _silence():
            if file:
                return tokenizer_from(file)
            return AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise ModelUnusable(f"{folder} holds no tokenizer that transformers can load: use another base.") from error


def stored_with(body: Any, tokenizer: Any) -> dict[str, bytes]:
    """What makes a folder independent of its base: the encoder's shape and the tokenizer."""
    with tempfile.TemporaryDirectory() as scratch:
        tokenizer.save_pretrained(scratch)
        files = {path.name: path.read_bytes() for path in sorted(Path(scratch).iterdir())}
    return {SHAPE: body.config.to_json_string().encode(), **files}


@contextmanager
def _silence() -> Iterator[None]:
    """transformers reports what it loads in tables and bars; only its errors matter here."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
