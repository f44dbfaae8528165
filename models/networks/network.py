"""What every network and every encoder of texts answers to, so that training and engine know only these."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn


class Encoder(Protocol):
    """Texts in, lists of numbers out; every text has at least one."""

    pad: int
    """The number that fills up a shorter text."""

    def __len__(self) -> int: ...

    def encode_all(self, texts: Sequence[str]) -> list[list[int]]: ...

    def files(self) -> dict[str, bytes]:
        """What a model folder must hold to build it again."""
        ...


class Network(nn.Module):
    """Numbers (batch, length) and lengths (batch) in, logits (batch, labels) out."""

    config: Any
    """A frozen dataclass with at least `labels`."""

    output: nn.Linear
    """The last layer."""

    dropout: nn.Dropout
    """Before the last layer, while training."""

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        return self.judged(self.embedded(ids, lengths))

    def embedded(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """A text as one vector (batch, width): what the last layer reads, and what metric losses shape."""
        raise NotImplementedError

    def judged(self, embedded: Tensor) -> Tensor:
        """Logits (batch, labels) of such vectors."""
        return self.output(self.dropout(embedded))  # type: ignore[no-any-return]

    def kept(self) -> dict[str, Tensor]:
        """The weights that a model folder holds."""
        return dict(self.state_dict())

    def restore(self, kept: Mapping[str, Tensor]) -> None:
        """Take back what `kept` gave."""
        self.load_state_dict({name: value.float() for name, value in kept.items()})

    def as_loaded(self) -> "Network":
        """What is calibrated and measured is what will be loaded: weights are stored in 16 bits."""
        self.restore({name: value.half() for name, value in self.kept().items()})
        return self


def padded(texts: Sequence[Sequence[int]], pad: int) -> tuple[Tensor, Tensor]:
    """Numbers (batch, longest) filled with `pad`, and the lengths (batch)."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    ids = np.full((len(texts), int(lengths.max(initial=1))), pad, dtype=np.int64)
    ids[np.arange(ids.shape[1]) < lengths[:, None]] = [number for text in texts for number in text]
    return torch.from_numpy(ids), torch.from_numpy(lengths)
