"""A network and its encoder as a `Model`, run fast on whatever processor is at hand."""

import copy
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import save as tensors_as_bytes

from models.engine.batches import TOKENS_PER_BATCH, batches
from models.engine.memory import Encoded, halving
from models.networks.network import Encoder, Network, padded
from models.networks.transformer import Transformer
from models.saved import WEIGHTS

Floats = npt.NDArray[np.float64]

DOUBT = 1e-3
"""In thousandths: values this close to a rounding boundary are computed again, alone.

bilstm-en-1's 32-bit chances differ from its 64-bit ones by at most 0.00044 thousandths over 14,000 texts (99,000
values); a test measures it again. About one post in 75 is in doubt.
"""

DOUBT_OF_TRANSFORMERS = 4e-3
"""Six layers add up more rounding: minilm-en-1's chances differ by at most 0.0019 thousandths, its logits by at most
4e-6, over 1,600 texts. About one post in 18 is in doubt. A test measures it again.
"""


class NetworkModel:
    """Batches of similar length through a network; the number of threads is left to whoever starts the process."""

    def __init__(
        self, kind: str, network: Network, encoder: Encoder, device: str = "cpu", tokens: int = TOKENS_PER_BATCH
    ) -> None:
        self.kind = kind
        self.noise = DOUBT_OF_TRANSFORMERS if isinstance(network, Transformer) else DOUBT
        self.config: dict[str, Any] = asdict(network.config)
        self.network = network
        self.encoder = encoder
        self._running = copy.deepcopy(network).to(device).eval().requires_grad_(False)
        self._tokens = tokens

    def logits(self, texts: Sequence[str]) -> Floats:
        return self.logits_of(self.encoder.encode_all(texts))

    def logits_of(self, encoded: Encoded) -> Floats:
        """The same for texts already cut into numbers."""
        answers = np.empty((len(encoded), self.network.config.labels))
        for chosen in batches([len(ids) for ids in encoded], self._tokens):
            answers[chosen] = halving(self._forward, [encoded[i] for i in chosen])
        return answers

    def exact(self, text: str) -> Floats:
        return halving(lambda encoded: self._run(self._double, encoded), self.encoder.encode_all([text]))

    @cached_property
    def _double(self) -> Network:
        return in_double(self._running)

    def files(self) -> dict[str, bytes]:
        return stored(self.network, self.encoder)

    def _forward(self, encoded: Encoded) -> Floats:
        return self._run(self._running, encoded)

    @torch.inference_mode()
    def _run(self, network: Network, encoded: Encoded) -> Floats:
        device = network.output.weight.device
        ids, lengths = padded(encoded, self.encoder.pad)
        answer: Floats = network(ids.to(device), lengths.to(device)).double().cpu().numpy()
        return answer


def stored(network: Network, encoder: Encoder) -> dict[str, bytes]:
    """Weights in 16 bits; what the encoder needs beside them."""
    halves = {name: value.detach().half().contiguous() for name, value in network.kept().items()}
    return {WEIGHTS: tensors_as_bytes(halves), **encoder.files()}


def in_double(network: Network) -> Network:
    """The same network calculating in 64 bits."""
    return copy.deepcopy(network).double().eval().requires_grad_(False)
