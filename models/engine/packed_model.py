"""A BERT-shaped network as a `Model` in fewer bits than 32."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from models.engine.batches import packs
from models.engine.memory import Encoded, halving
from models.engine.network import stored
from models.engine.overlap import ahead
from models.engine.packed import PackedNetwork
from models.networks.network import Encoder, Network

Floats = npt.NDArray[np.float64]

TOKENS = 2048
"""Pieces a pass; more were no faster on a CPU, because fewer fit its cache."""

WINDOW = 2048
"""Texts sorted by length together; while one window is computed, the next is cut into pieces."""

LAST_BITS = 1e-6
"""In thousandths: only the last layer, in 64 bits, may add up in another order."""


class PackedModel:
    """Logits are those of a text alone, whoever is scored beside it, bit for bit but for the last layer.

    They are not those of 32 bits: another precision is another version of the model.
    """

    noise = LAST_BITS

    def __init__(
        self, kind: str, network: Network, encoder: Encoder, packed: PackedNetwork, tokens: int = TOKENS
    ) -> None:
        self.kind = kind
        self.config: dict[str, Any] = asdict(network.config)
        self.network = network
        self.encoder = encoder
        self._packed = packed
        self._tokens = tokens

    def logits(self, texts: Sequence[str]) -> Floats:
        windows = [texts[start : start + WINDOW] for start in range(0, len(texts), WINDOW)]
        found = [self.logits_of(encoded) for encoded in ahead(windows, self.encoder.encode_all)]
        return np.concatenate(found) if found else np.empty((0, self.network.config.labels))

    def logits_of(self, encoded: Encoded) -> Floats:
        """The same for texts already cut into numbers."""
        answers = np.empty((len(encoded), self.network.config.labels))
        for chosen in packs([len(ids) for ids in encoded], self._tokens):
            answers[chosen] = halving(self._run, [encoded[row] for row in chosen])
        return answers

    def exact(self, text: str) -> Floats:
        """Of this precision, alone."""
        return halving(self._run, self.encoder.encode_all([text]))

    def files(self) -> dict[str, bytes]:
        return stored(self.network, self.encoder)

    def _run(self, encoded: Encoded) -> Floats:
        answer: Floats = self._packed(encoded).cpu().numpy()
        return answer
