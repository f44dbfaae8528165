"""Draws that the standard library lacks; seeded through the generator they are given."""

import math
import random


def poisson(rng: random.Random, mean: float) -> int:
    """How many of something rare happen where `mean` do on average; a rounded normal for many.

    >>> poisson(random.Random(1), 0.0), poisson(random.Random(1), 3.0)
    (0, 3)
    """
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count
