"""The network for Korean: a letter is the sum of the groups that end on it; recurrent layers read the letters."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.networks.grams import LONGEST, NONE
from models.networks.recurrent import Recurrent, RecurrentConfig


@dataclass(frozen=True)
class GramConfig(RecurrentConfig):
    """The shape of a `GramNetwork`. `word_dropout` is the share of groups that are hidden while training: most
    groups are rare, and half of them hidden is what keeps the network from learning rows by heart."""

    embedding: int = 64
    hidden: int = 96
    word_dropout: float = 0.5
    cell: str = "gru"


class GramNetwork(Recurrent):
    """Groups of letters in, `LONGEST` for each letter (see `models.networks.grams`)."""

    def __init__(self, config: GramConfig) -> None:
        super().__init__(config, GramVectors(config.vocabulary, config.embedding, config.word_dropout))

    def embedded(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Pooled states (batch, features) of group numbers (batch, letters × groups)."""
        letters = ids.view(len(ids), -1, LONGEST)  # (batch, letters, groups)
        return super().embedded(letters, lengths // LONGEST)


class GramVectors(nn.Embedding):
    """Sums (batch, letters, size) of the vectors of group numbers (batch, letters, groups)."""

    def __init__(self, groups: int, size: int, hidden: float) -> None:
        super().__init__(groups, size, padding_idx=NONE)
        self.hidden = hidden
        nn.init.normal_(self.weight, std=0.1)
        nn.init.zeros_(self.weight.data[NONE])

    def forward(self, ids: Tensor) -> Tensor:
        if not self.training:
            return super().forward(ids).sum(dim=-2)
        shown = ids.masked_fill(torch.rand(ids.shape, device=ids.device) < self.hidden, NONE)
        return super().forward(shown).sum(dim=-2) / (1 - self.hidden)
