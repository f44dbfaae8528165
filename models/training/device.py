"""Which processor trains, and in how many bits."""

import torch

from models.errors import TrainingFailed


def device_for(name: str) -> torch.device:
    """`auto` is a GPU where there is one."""
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise TrainingFailed("This machine has no CUDA device that torch can use: train with device cpu or auto.")
    return torch.device("cuda" if there and name != "cpu" else "cpu")


def has_halves(device: torch.device) -> bool:
    """Whether products in 16 bits (bfloat16) are to be had; every CPU emulates them where it lacks them."""
    return device.type == "cpu" or torch.cuda.is_bf16_supported()
