"""A layer's large sums in 16 bits (bfloat16)."""

from torch import Tensor, bfloat16, device
from torch.nn import functional

from models.engine.bert import Block, Sum


class HalfLayer:
    """Products are in 16 bits, added up in 32; what runs from layer to layer stays in 32 bits."""

    def __init__(self, block: Block, place: device) -> None:
        self._asked = _half(block.asked, place)
        self._mixed = _half(block.mixed, place)
        self._widened = _half(block.widened, place)
        self._narrowed = _half(block.narrowed, place)

    def asked(self, states: Tensor) -> Tensor:
        return functional.linear(states.to(bfloat16), *self._asked)

    def mixed(self, values: Tensor) -> Tensor:
        return functional.linear(values.to(bfloat16), *self._mixed)

    def thought(self, states: Tensor) -> Tensor:
        wide = functional.gelu(functional.linear(states.to(bfloat16), *self._widened))
        return functional.linear(wide, *self._narrowed)


def _half(part: Sum, place: device) -> tuple[Tensor, Tensor]:
    return part.weight.to(place, bfloat16), part.bias.to(place, bfloat16)
