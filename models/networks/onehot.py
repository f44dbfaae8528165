"""The layout of many beginners' tutorials: a text as a picture of zeros and ones, read by a 2-D convolution.

It is here so that its weakness can be shown. A picture's neighbouring columns belong together; neighbouring
words of a vocabulary do not, a frequent word is all that is known, and what a word means is never learned.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.networks.checks import within
from models.networks.network import Network
from models.networks.text import PAD

_CELLS = 200_000
"""The largest picture, length × vocabulary."""

_TOGETHER = 32
"""Texts whose pictures exist at the same time while scoring."""


@dataclass(frozen=True)
class OneHotConfig:
    """The shape of a `OneHotCnn`; stored beside its weights. Every text is cut or filled to `length` words."""

    vocabulary: int
    labels: int
    length: int = 32
    filters: int = 4
    kernel: int = 3
    pool: int = 4
    dropout: float = 0.5

    def __post_init__(self) -> None:
        within("length", self.length, 1, 512)
        within("filters", self.filters, 1, 64)
        within("kernel", self.kernel, 1, 15)
        within("pool", self.pool, 1, 32)
        within("dropout", self.dropout, 0, 0.95)
        if self.length * self.vocabulary > _CELLS:
            raise ValueError(
                f"length × words is {self.length * self.vocabulary}: use a shorter length or fewer words, "
                f"at most {_CELLS} together."
            )


class OneHotCnn(Network):
    """Picture, convolution, pooling, one linear layer.

    With the defaults (1,000 words, 32 places, 4 filters) a text's picture takes 128 kB and its features
    512 kB; scoring holds 32 texts at a time, 20 MB, however many are asked for. Training holds its whole
    batch, features and their gradients: 1.2 MB a text.
    """

    def __init__(self, config: OneHotConfig) -> None:
        super().__init__()
        self.config: OneHotConfig = config
        self.convolution = nn.Conv2d(1, config.filters, config.kernel, padding="same")
        self.pooling = nn.MaxPool2d(config.pool, ceil_mode=True)
        pooled = -(-config.length // config.pool) * -(-config.vocabulary // config.pool)
        self.output = nn.Linear(config.filters * pooled, config.labels)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Logits (batch, labels) of word numbers (batch, length); the filling is shown as a word of its own."""
        ids = self._cut(ids, lengths)
        return torch.cat([self.judged(self._seen(part)) for part in torch.split(ids, _TOGETHER)])

    def embedded(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """All features (batch, features) at once: 512 kB a text with the defaults."""
        return self._seen(self._cut(ids, lengths))

    def _cut(self, ids: Tensor, lengths: Tensor) -> Tensor:
        real = torch.arange(ids.shape[1], device=ids.device)[None, :] < lengths[:, None]  # (batch, longest)
        ids = ids.masked_fill(~real, PAD)[:, : self.config.length]
        return functional.pad(ids, (0, self.config.length - ids.shape[1]), value=PAD)  # (batch, length)

    def _seen(self, ids: Tensor) -> Tensor:
        picture = self._picture(ids)  # (batch, 1, length, vocabulary)
        features: Tensor = self.pooling(self.convolution(picture))  # (batch, filters, length / pool, vocabulary / pool)
        return features.relu().flatten(1)

    def _picture(self, ids: Tensor) -> Tensor:
        shape = (*ids.shape, self.config.vocabulary)
        empty = torch.zeros(shape, dtype=self.output.weight.dtype, device=ids.device)
        return empty.scatter_(2, ids[..., None], 1)[:, None]
