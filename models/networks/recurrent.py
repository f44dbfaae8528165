"""The recurrent networks (plain, LSTM, GRU), read top to bottom."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.networks.checks import one_of, true_or_false, within
from models.networks.embedding import WordVectors
from models.networks.network import Network

_CELLS: dict[str, Callable[..., nn.Module]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
_POOLINGS = ("last", "max", "mean", "attention", "attention+max")


@dataclass(frozen=True)
class RecurrentConfig:
    """The shape of a `Recurrent`; stored beside its weights. Both dropouts only matter while training."""

    vocabulary: int
    labels: int
    embedding: int = 128
    hidden: int = 128
    layers: int = 1
    dropout: float = 0.5
    word_dropout: float = 0.1
    cell: str = "lstm"
    bidirectional: bool = True
    pooling: str = "attention+max"

    def __post_init__(self) -> None:
        within("embedding", self.embedding, 1, 4096)
        within("hidden", self.hidden, 1, 4096)
        within("layers", self.layers, 1, 16)
        within("dropout", self.dropout, 0, 0.95)
        within("word_dropout", self.word_dropout, 0, 0.95)
        one_of("cell", self.cell, tuple(_CELLS))
        true_or_false("bidirectional", self.bidirectional)
        one_of("pooling", self.pooling, _POOLINGS)


class Recurrent(Network):
    """Embedding, recurrent layers in one or both directions, pooling, one linear layer.

    Each direction is a layer of its own, and the backward one reads the text reversed in place. So filling
    always comes last, never changes what is read before it, and no packing is needed: about a sixth faster
    on a CPU than `pack_padded_sequence`, with the same result whatever the neighbours' lengths.
    """

    def __init__(self, config: RecurrentConfig, vectors: nn.Embedding | None = None) -> None:
        """`vectors` of something else than words take (batch, length, …) to (batch, length, embedding)."""
        super().__init__()
        self.config: RecurrentConfig = config
        cell, width = _CELLS[config.cell], config.hidden * (2 if config.bidirectional else 1)
        sizes = [config.embedding] + [width] * (config.layers - 1)
        backward_sizes = sizes if config.bidirectional else []
        pooled = config.pooling.split("+")
        self.embedding = vectors or WordVectors(config.vocabulary, config.embedding, config.word_dropout)
        self.ahead = nn.ModuleList(cell(size, config.hidden, batch_first=True) for size in sizes)
        self.back = nn.ModuleList(cell(size, config.hidden, batch_first=True) for size in backward_sizes)
        self.attention = nn.Linear(width, 1) if "attention" in pooled else None
        self.output = nn.Linear(width * len(pooled), config.labels)
        self.dropout = nn.Dropout(config.dropout)

    def embedded(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Pooled states (batch, features) of word numbers (batch, length), real up to `lengths` (batch)."""
        place = torch.arange(ids.shape[1], device=ids.device)[None, :]  # (1, length)
        real = place < lengths[:, None]  # (batch, length)
        mirror = torch.where(real, lengths[:, None] - 1 - place, place)[..., None]  # (batch, length, 1)
        states = self.dropout(self.embed(ids))  # (batch, length, embedding)
        for number in range(self.config.layers):
            states = self.dropout(self.layer(number, states, mirror))  # (batch, length, 1 or 2 × hidden)
        return self.pool(states, real)

    def embed(self, ids: Tensor) -> Tensor:
        """Word vectors in the number type of the layers above."""
        return self.embedding(ids).to(self.output.weight.dtype)  # type: ignore[no-any-return]

    def layer(self, number: int, states: Tensor, mirror: Tensor) -> Tensor:
        """What one layer makes of (batch, length, features), the two directions side by side."""
        forwards: Tensor = self.ahead[number](states)[0]  # (batch, length, hidden)
        if not self.config.bidirectional:
            return forwards
        backwards = self.back[number](states.gather(1, mirror.expand_as(states)))[0]
        return torch.cat([forwards, backwards.gather(1, mirror.expand_as(backwards))], dim=-1)

    def pool(self, states: Tensor, real: Tensor) -> Tensor:
        """One vector per text: (batch, features), or twice as many where two poolings stand side by side."""
        gap = ~real[..., None]  # (batch, length, 1)
        pooled = [self._pooled(name, states, gap) for name in self.config.pooling.split("+")]
        return torch.cat(pooled, dim=-1)

    def _pooled(self, name: str, states: Tensor, gap: Tensor) -> Tensor:
        if self.attention is not None and name == "attention":
            weights = self.attention(states).masked_fill(gap, -torch.inf).softmax(dim=1)  # (batch, length, 1)
            return (weights * states).sum(dim=1)  # type: ignore[no-any-return]
        if name == "max":
            return states.masked_fill(gap, -torch.inf).amax(dim=1)
        if name == "mean":
            return states.masked_fill(gap, 0).sum(dim=1) / (~gap).sum(dim=1)
        return self._last(states, gap)

    def _last(self, states: Tensor, gap: Tensor) -> Tensor:
        """What each direction says after its last word, which for the backward one is the text's first."""
        ends = (~gap).sum(dim=1)[..., None] - 1  # (batch, 1, 1)
        at_end = states.gather(1, ends.expand(-1, 1, states.shape[2]))[:, 0]  # (batch, features)
        return torch.cat([at_end[:, : self.config.hidden], states[:, 0, self.config.hidden :]], dim=-1)
