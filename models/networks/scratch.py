"""A small BERT that starts from nothing: its pieces are learned from the training texts, its weights from chance."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from torch import nn

from models.networks.checks import one_of, within
from models.networks.hangul import readable
from models.networks.learned_pieces import CUTS, PAD, learned_tokenizer
from models.networks.pieces import Pieces
from models.networks.pretrained import stored_with
from models.networks.transformer import Transformer, TransformerConfig, prepared


@dataclass(frozen=True)
class ScratchOptions:
    """The shape of a transformer without a base. `wide` is how many times wider than `hidden` its inner layers are;
    `pieces`, `minimum` and `cut` are those of its vocabulary. With the defaults it weighs 6 MB."""

    layers: int = 3
    hidden: int = 192
    heads: int = 4
    wide: int = 4
    pieces: int = 8000
    minimum: int = 3
    cut: str = "syllables"

    def __post_init__(self) -> None:
        within("layers", self.layers, 1, 48)
        within("hidden", self.hidden, 8, 4096)
        within("heads", self.heads, 1, 64)
        within("wide", self.wide, 1, 16)
        within("pieces", self.pieces, 300, 1_000_000)
        within("minimum", self.minimum, 1, 1_000_000)
        one_of("cut", self.cut, CUTS)
        if self.hidden % self.heads:
            raise ValueError(f"hidden is {self.hidden}: use a multiple of heads, which is {self.heads}.")


SCRATCH_OPTIONS = tuple(one.name for one in fields(ScratchOptions))


def build_scratch(config: TransformerConfig, shape: ScratchOptions, texts: Sequence[str]) -> tuple[Transformer, Pieces]:
    """Ready to be trained. The same texts and the same state of torch's chance give the same network."""
    tokenizer = learned_tokenizer(texts, shape.pieces, shape.minimum, shape.cut)
    body = _body(config, shape, tokenizer)
    return prepared(config, body), Pieces(tokenizer, config.length, stored_with(body, tokenizer), readable)


def _body(config: TransformerConfig, shape: ScratchOptions, tokenizer: Any) -> nn.Module:
    from transformers import BertConfig, BertModel

    made = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.wide * shape.hidden,
        hidden_dropout_prob=config.dropout,
        attention_probs_dropout_prob=config.dropout,
        max_position_embeddings=config.length,
        type_vocab_size=1,
        pad_token_id=tokenizer.convert_tokens_to_ids(PAD),
    )
    return BertModel(made, add_pooling_layer=False)  # type: ignore[no-untyped-call]
