"""Where the pieces of several texts stand when they are laid end to end, without any filling between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

STEP = 16
"""Attention reads texts in rounded-up lengths: 16 numbers of 32 bits are one register."""


@dataclass(frozen=True)
class Bucket:
    """The texts that attention reads with the same rounded-up length.

    The length follows from a text alone, never from its neighbours, and so does every sum over it.
    """

    texts: int
    length: int
    rows: Tensor
    """(texts × length) which row of the packed states stands at each place; filling repeats the first piece."""
    real: Tensor
    """(texts, 1, 1, length) whether a place holds a piece."""
    places: Tensor
    """The places that do, in the order of the packed states."""


@dataclass(frozen=True)
class Layout:
    """`filling` rows stand behind the last text; they are computed and never read."""

    lengths: Tensor
    starts: Tensor
    positions: Tensor
    buckets: tuple[Bucket, ...]
    filling: int


def layout_of(lengths: Sequence[int], device: torch.device, filling: int = 0) -> Layout:
    """For texts given shortest first."""
    counted = torch.tensor(lengths)
    starts = counted.cumsum(0) - counted
    places = torch.arange(int(counted.sum())) - starts.repeat_interleave(counted)
    rounded = (counted + STEP - 1) // STEP * STEP
    buckets = [
        _bucket(starts[rounded == length], counted[rounded == length], length, device)
        for length in sorted(set(rounded.tolist()))
    ]
    positions = torch.cat([places, places.new_zeros(filling)])
    return Layout(counted.to(device), starts.to(device), positions.to(device), tuple(buckets), filling)


def _bucket(starts: Tensor, lengths: Tensor, length: int, device: torch.device) -> Bucket:
    place = torch.arange(length)[None, :]
    real = place < lengths[:, None]  # (texts, length)
    rows = starts[:, None] + torch.where(real, place, 0)
    places = real.flatten().nonzero()[:, 0]
    return Bucket(len(starts), length, rows.flatten().to(device), real[:, None, None, :].to(device), places.to(device))
