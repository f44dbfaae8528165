"""A BERT-shaped network on texts laid end to end, so that nothing is spent on filling."""

from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from torch import Tensor

from models.engine.attention import attend
from models.engine.bert import Block, blocks_of, embeddings_of
from models.engine.half import HalfLayer
from models.engine.layout import Layout, layout_of
from models.networks.transformer import Transformer


class Layer(Protocol):
    """The large sums of one layer; all the rest is the same in any precision."""

    def asked(self, states: Tensor) -> Tensor: ...

    def mixed(self, values: Tensor) -> Tensor: ...

    def thought(self, states: Tensor) -> Tensor: ...


class PackedNetwork:
    """Numbers of texts (shortest first) in, logits (texts, labels) out, each the same in any company.

    Every step works on one row or one text alone. `rows`, if given, is how many rows every pass has: on a GPU the
    way a product is cut up depends on its size, so there the size is kept.
    """

    def __init__(
        self, network: Transformer, layer: Callable[[int, Block], Layer], device: torch.device, rows: int = 0
    ) -> None:
        body = network.body.to(device)
        self._heads = int(body.config.num_attention_heads)  # type: ignore[union-attr,arg-type]
        self._embeddings = embeddings_of(body)
        self._blocks = blocks_of(body)
        self.layers = [layer(number, block) for number, block in enumerate(self._blocks)]
        self._first_piece_only = network.config.pooling == "cls"
        self._weight, self._bias = (part.detach().to(device) for part in network.head())
        self._device = device
        self._rows = rows

    @torch.inference_mode()
    def __call__(self, encoded: Sequence[Sequence[int]]) -> Tensor:
        lengths = [len(ids) for ids in encoded]
        filling = max(self._rows - sum(lengths), 0)
        numbers = torch.tensor([number for ids in encoded for number in ids] + [0] * filling)
        layout = layout_of(lengths, self._device, filling)
        if self._device.type == "cuda":
            numbers = numbers.pin_memory()
        states = self._states(numbers.to(self._device, non_blocking=True), layout)
        return self._pooled(states, layout).double() @ self._weight.T + self._bias

    def _states(self, numbers: Tensor, layout: Layout) -> Tensor:
        states = self._embeddings(numbers, layout.positions)  # (rows, hidden)
        for block, layer in zip(self._blocks, self.layers, strict=True):
            values = attend(layer.asked(states), layout, self._heads)
            states = block.after_mixing(layer.mixed(values) + states)
            states = block.after_thinking(layer.thought(states) + states)
        return states

    def _pooled(self, states: Tensor, layout: Layout) -> Tensor:
        if self._first_piece_only:
            return states[layout.starts]
        real = states[: len(states) - layout.filling]
        return torch.segment_reduce(real, "mean", lengths=layout.lengths, axis=0)


def in_half(network: Transformer, device: torch.device, rows: int = 0) -> PackedNetwork:
    return PackedNetwork(network, lambda _, block: HalfLayer(block, device), device, rows)
