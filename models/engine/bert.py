"""The weights of BERT-shaped encoders by what they are for."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

_SHAPES = ("bert", "roberta", "xlm-roberta", "camembert")


@dataclass(frozen=True)
class Sum:
    """One linear layer: weight (out, in) and bias (out)."""

    weight: Tensor
    bias: Tensor


@dataclass(frozen=True)
class Norm:
    weight: Tensor
    bias: Tensor
    epsilon: float

    def __call__(self, states: Tensor) -> Tensor:
        return functional.layer_norm(states, self.weight.shape, self.weight, self.bias, self.epsilon)


@dataclass(frozen=True)
class Block:
    """One layer of the encoder."""

    asked: Sum
    """Queries (already divided by the root of a head's size), keys and values in one."""
    mixed: Sum
    after_mixing: Norm
    widened: Sum
    narrowed: Sum
    after_thinking: Norm


@dataclass(frozen=True)
class Embeddings:
    words: Tensor
    positions: Tensor
    first: int
    """The position of a text's first piece."""
    kind: Tensor
    norm: Norm

    def __call__(self, ids: Tensor, places: Tensor) -> Tensor:
        return self.norm(self.words[ids] + (self.positions[places + self.first] + self.kind))


def is_bert(body: nn.Module) -> bool:
    """Whether the weights are laid out and used as BERT does; others run only as they are."""
    config: Any = getattr(body, "config", None)
    return (
        getattr(config, "model_type", "") in _SHAPES
        and config.hidden_act == "gelu"
        and not config.is_decoder
        and getattr(config, "position_embedding_type", None) in (None, "absolute")
    )


def embeddings_of(body: Any) -> Embeddings:
    part = body.embeddings
    roberta = body.config.model_type != "bert"  # counts positions from behind the number of its filling
    return Embeddings(
        words=part.word_embeddings.weight.detach(),
        positions=part.position_embeddings.weight.detach(),
        first=int(body.config.pad_token_id) + 1 if roberta else 0,
        kind=part.token_type_embeddings.weight.detach()[0],
        norm=_norm(part.LayerNorm),
    )


def blocks_of(body: Any) -> list[Block]:
    return [_block(layer, body.config.hidden_size // body.config.num_attention_heads) for layer in body.encoder.layer]


def _block(layer: Any, size: int) -> Block:
    inner, outer = layer.attention.self, layer.attention.output
    scale = size**-0.5
    parts = [(inner.query, scale), (inner.key, 1.0), (inner.value, 1.0)]
    asked = Sum(
        torch.cat([part.weight.detach() * by for part, by in parts]),
        torch.cat([part.bias.detach() * by for part, by in parts]),
    )
    return Block(
        asked,
        _sum(outer.dense),
        _norm(outer.LayerNorm),
        _sum(layer.intermediate.dense),
        _sum(layer.output.dense),
        _norm(layer.output.LayerNorm),
    )


def _sum(linear: Any) -> Sum:
    return Sum(linear.weight.detach(), linear.bias.detach())


def _norm(norm: Any) -> Norm:
    return Norm(norm.weight.detach(), norm.bias.detach(), float(norm.eps))
