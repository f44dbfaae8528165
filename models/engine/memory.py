"""Carrying on when memory runs out."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch

from models.errors import ModelOutage

Floats = npt.NDArray[np.float64]
Encoded = Sequence[Sequence[int]]

_SIGNS = ("out of memory", "allocate memory", "not enough memory", "ALLOC_FAILED", "could not create")


def halving(forward: Callable[[Encoded], Floats], encoded: Encoded) -> Floats:
    """One forward pass; when memory runs out, two of half the size, and so on down to single texts."""
    try:
        return forward(encoded)
    except (MemoryError, RuntimeError) as error:
        if not is_outage(error):
            raise
        if len(encoded) == 1:
            raise ModelOutage("The model has no memory or lost its device: try again later.") from error
    half = len(encoded) // 2
    return np.concatenate([halving(forward, part) for part in (encoded[:half], encoded[half:])])


def is_outage(error: BaseException) -> bool:
    """No memory, or the device is gone: not the texts' fault."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError | torch.AcceleratorError) or any(
        sign in str(error) for sign in _SIGNS
    )
