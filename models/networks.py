"""The recurrent network, read top to bottom."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from models.text import PAD, UNKNOWN


@dataclass(frozen=True)
class RecurrentConfig:
    """The shape of a `BiLSTM`; stored beside its weights. The last two only matter while training."""

    vocabulary: int
    labels: int
    embedding: int = 128
    hidden: int = 128
    layers: int = 1
    dropout: float = 0.5
    word_dropout: float = 0.1


class BiLSTM(nn.Module):
    """Embedding, LSTMs in both directions, attention and max pooling, one linear layer.

    Each direction is an LSTM of its own, and the backward one reads the text reversed in place. So filling
    always comes last, never changes what is read before it, and no packing is needed: about a sixth faster
    on a CPU than `pack_padded_sequence`, with the same result whatever the neighbours' lengths.
    """

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.embedding, padding_idx=PAD)
        nn.init.normal_(self.embedding.weight, std=0.1)
        sizes = [config.embedding] + [2 * config.hidden] * (config.layers - 1)
        self.ahead = nn.ModuleList(nn.LSTM(size, config.hidden, batch_first=True) for size in sizes)
        self.back = nn.ModuleList(nn.LSTM(size, config.hidden, batch_first=True) for size in sizes)
        self.attention = nn.Linear(2 * config.hidden, 1)
        self.output = nn.Linear(4 * config.hidden, config.labels)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Logits (batch, labels) of word numbers (batch, length), real up to `lengths` (batch)."""
        place = torch.arange(ids.shape[1], device=ids.device)[None, :]  # (1, length)
        real = place < lengths[:, None]  # (batch, length)
        mirror = torch.where(real, lengths[:, None] - 1 - place, place)[..., None]  # (batch, length, 1)
        states = self.dropout(self.embed(ids))  # (batch, length, embedding)
        for ahead, back in zip(self.ahead, self.back, strict=True):
            states = self.dropout(_both_ways(ahead, back, states, mirror))  # (batch, length, 2 × hidden)
        return self.output(self.dropout(self.pool(states, real)))  # type: ignore[no-any-return]

    def embed(self, ids: Tensor) -> Tensor:
        """Word vectors in the number type of the layers above; while training, some words are hidden."""
        if self.training and self.config.word_dropout:
            hidden = torch.rand(ids.shape, device=ids.device) < self.config.word_dropout
            ids = ids.masked_fill(hidden & (ids != PAD), UNKNOWN)
        return self.embedding(ids).to(self.output.weight.dtype)  # type: ignore[no-any-return]

    def pool(self, states: Tensor, real: Tensor) -> Tensor:
        """What the words say on average, weighted by attention, beside the strongest of each feature."""
        gap = ~real[..., None]  # (batch, length, 1)
        weights = self.attention(states).masked_fill(gap, -torch.inf).softmax(dim=1)
        average = (weights * states).sum(dim=1)  # (batch, 2 × hidden)
        strongest = states.masked_fill(gap, -torch.inf).amax(dim=1)  # (batch, 2 × hidden)
        return torch.cat([average, strongest], dim=-1)


def _both_ways(ahead: nn.Module, back: nn.Module, states: Tensor, mirror: Tensor) -> Tensor:
    forwards = ahead(states)[0]  # (batch, length, hidden)
    reversed_states = states.gather(1, mirror.expand_as(states))
    backwards = back(reversed_states)[0]
    return torch.cat([forwards, backwards.gather(1, mirror.expand_as(backwards))], dim=-1)


def padded(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Word numbers (batch, longest) filled with `PAD`, and the lengths (batch)."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    ids = np.full((len(texts), int(lengths.max(initial=1))), PAD, dtype=np.int64)
    ids[np.arange(ids.shape[1]) < lengths[:, None]] = [number for text in texts for number in text]
    return torch.from_numpy(ids), torch.from_numpy(lengths)
