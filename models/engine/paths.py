"""In which precision a model scores: asked for by name, or chosen by a measurement."""

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, get_args

import numpy as np
import torch

from models.engine.bert import is_bert
from models.engine.network import NetworkModel
from models.engine.packed import in_half
from models.engine.packed_model import PackedModel
from models.engine.samples import SAMPLES
from models.errors import ModelUnusable
from models.kinds import Model
from models.networks.transformer import Transformer

Precision = Literal["single", "half"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

LEAST_AGREEMENT = 0.995
"""A path that gives more of the warm-up texts another first label than 32 bits do is not chosen."""

_ROUNDS = 3
_ROWS_ON_GPU = 32_768


@dataclass(frozen=True)
class Figures:
    """What the warm-up found for one path."""

    precision: Precision
    posts_per_second: float
    agreement: float

    @property
    def allowed(self) -> bool:
        return self.agreement >= LEAST_AGREEMENT


@dataclass(frozen=True)
class Choice:
    """The path chosen, where and why."""

    precision: Precision
    machine: str
    figures: tuple[Figures, ...]


def device_of(wanted: str) -> torch.device:
    """`auto` is a GPU where there is one."""
    if wanted == "cuda" and not torch.cuda.is_available():
        raise ModelUnusable("CUDA was asked for, but torch finds no GPU here: set the device to auto or cpu.")
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(wanted)


def on_path(model: Model, precision: Precision, device: torch.device) -> Model:
    """The same model in that precision. Only BERT-shaped networks have more than one; others stay as they are."""
    if not isinstance(model, NetworkModel):
        return model
    if precision == "single" or not has_paths(model):
        return model if device.type == "cpu" else _moved(model, device)
    return in_16_bits(model, device)


def has_paths(model: Model) -> bool:
    return isinstance(model, NetworkModel) and isinstance(model.network, Transformer) and is_bert(model.network.body)


def in_16_bits(model: NetworkModel, device: torch.device) -> PackedModel:
    network = model.network
    assert isinstance(network, Transformer)  # `has_paths` was asked
    rows = _ROWS_ON_GPU if device.type == "cuda" else 0
    sizes = {"tokens": rows} if rows else {}
    return PackedModel(model.kind, network, model.encoder, in_half(network, device, rows), **sizes)


def choose(model: NetworkModel, device: torch.device, texts: Sequence[str] = SAMPLES) -> Choice:
    """The fastest path, on this machine and now, that agrees with 32 bits."""
    offered: dict[Precision, Model] = {name: on_path(model, name, device) for name in PRECISIONS}
    reference = offered["single"].logits(texts).argmax(axis=1)
    times: dict[Precision, list[float]] = {name: [] for name in offered}
    for _ in range(_ROUNDS):  # in turn, so that a slow moment of the machine meets all of them
        for name, path in offered.items():
            times[name].append(_seconds(path.logits, texts))
    figures = [
        Figures(
            name,
            round(len(texts) / median(times[name]), 1),
            float(np.mean(path.logits(texts).argmax(axis=1) == reference)),
        )
        for name, path in offered.items()
    ]
    best = max((found for found in figures if found.allowed), key=lambda found: found.posts_per_second)
    return Choice(best.precision, machine_of(device), tuple(figures))


def machine_of(device: torch.device) -> str:
    """Figures hold for this much of a machine."""
    what = torch.cuda.get_device_name(device) if device.type == "cuda" else torch.backends.cpu.get_cpu_capability()
    return f"{platform.machine()} {what}, {torch.get_num_threads()} threads, torch {torch.__version__}"


def _seconds(run: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    began = time.perf_counter()
    run(texts)
    return time.perf_counter() - began


def _moved(model: NetworkModel, device: torch.device) -> NetworkModel:
    torch.backends.cudnn.allow_tf32 = False  # its 10-bit products would be far noisier than `noise` says
    return NetworkModel(model.kind, model.network, model.encoder, device=str(device))
