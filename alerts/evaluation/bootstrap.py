"""How much of a figure is the luck of who was measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alerts.evaluation.matching import Outcome


def f1_interval(outcomes: Sequence[Outcome], seed: int, resamples: int = 1000) -> tuple[float, float]:
    """95 % of the F1 that other people of the same kind would have given: people are drawn again, seeded."""
    table = np.array([(each.hit is not None, each.planted, len(each.false)) for each in outcomes], dtype=np.int64)
    people = len(table)
    drawn = np.random.default_rng(seed).multinomial(people, np.full(people, 1 / people), size=resamples)
    right, planted, false = (drawn @ table).T  # (resamples,) each
    low, high = np.percentile(2 * right / np.maximum(right + planted + false, 1), [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)
