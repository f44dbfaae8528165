"""Low-rank adapters (LoRA): trained by peft beside the frozen weights, merged into them for use.

A linear layer's weight W (out, in) becomes W + alpha / rank × B A, where A is (rank, in) and B is (out, rank).
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

_PREFIX = "body.base_model.model."
_A, _B = ".lora_A.default.weight", ".lora_B.default.weight"


def with_adapters(body: nn.Module, rank: int, alpha: int, frozen: int) -> nn.Module:
    """The same encoder with its weights held still and an adapter at each linear layer above the frozen ones."""
    from peft import LoraConfig, get_peft_model

    still = {part for layer in layers_of(body)[:frozen] for part in layer.modules()}
    names = sorted(name for name, part in body.named_modules() if isinstance(part, nn.Linear) and part not in still)
    adapters = LoraConfig(r=rank, lora_alpha=alpha, target_modules=names)
    return get_peft_model(body, adapters)


def is_adapter(name: str) -> bool:
    return ".lora_" in name


@torch.no_grad()
def merge(body: nn.Module, kept: Mapping[str, Tensor], scale: float) -> None:
    """Add stored adapters to the plain encoder's weights, in place.

    The product is summed in 64 bits and rounded to 32 once, so that it is the same on every processor.
    Raises `AttributeError` when the encoder lacks a layer that the adapters name.
    """
    for name in sorted(name for name in kept if name.endswith(_A)):
        layer = body.get_submodule(name.removeprefix(_PREFIX).removesuffix(_A))
        change = kept[name.replace(_A, _B)].double() @ kept[name].double()  # (out, in)
        layer.weight += (scale * change).to(layer.weight.dtype)  # type: ignore[arg-type,operator]


def layers_of(body: nn.Module) -> list[nn.Module]:
    """An encoder's layers, lowest first, whatever its family calls them."""
    count = body.config.num_hidden_layers  # type: ignore[union-attr]
    stacks = [part for part in body.modules() if isinstance(part, nn.ModuleList) and len(part) == count]
    return list(stacks[0]) if stacks else []
