"""Word vectors, of which some are hidden while training."""

import torch
from torch import Tensor, nn

from models.networks.text import PAD, UNKNOWN


class WordVectors(nn.Embedding):
    """Vectors (batch, length, size) of word numbers (batch, length).

    While training, a share `hidden` of the words is shown as unknown, so that the network learns what to make
    of words it has never seen.
    """

    def __init__(self, words: int, size: int, hidden: float) -> None:
        super().__init__(words, size, padding_idx=PAD)
        self.hidden = hidden
        nn.init.normal_(self.weight, std=0.1)

    def forward(self, ids: Tensor) -> Tensor:
        if self.training and self.hidden:
            hidden = torch.rand(ids.shape, device=ids.device) < self.hidden
            ids = ids.masked_fill(hidden & (ids != PAD), UNKNOWN)
        return super().forward(ids)
