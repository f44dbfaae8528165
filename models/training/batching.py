"""Who is trained on beside whom."""

import random
from collections.abc import Iterator, Sequence

import torch

_POOL = 50
"""Batches of similar length are cut from this many batches' worth of shuffled rows."""


def seeded(seed: int) -> random.Random:
    """Fix every source of chance; the returned generator shuffles the rows."""
    torch.manual_seed(seed)
    return random.Random(seed)


def batches_of(texts: Sequence[Sequence[int]], size: int, shuffle: random.Random) -> Iterator[list[int]]:
    """Row numbers in batches of similar length, in a random order; who meets whom changes every time."""
    order = list(range(len(texts)))
    shuffle.shuffle(order)
    pool = _POOL * size
    groups = [sorted(order[at : at + pool], key=lambda i: len(texts[i])) for at in range(0, len(order), pool)]
    batches = [group[at : at + size] for group in groups for at in range(0, len(group), size)]
    shuffle.shuffle(batches)
    yield from batches
