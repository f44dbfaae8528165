"""Many histories side by side, so that each step of the filter is one step for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alerts.forecast.daily import Daily, Floats, Ints
from models.labels import EMOTIONS


@dataclass(frozen=True)
class Batch:
    """Padded histories, the longest first; `order` leads back. `active[step]` have a day at that step."""

    order: Ints  # (subjects,)
    days: Ints  # (subjects, steps)
    posts: Floats  # (subjects, steps)
    means: Floats  # (subjects, steps, 7)
    sizes: Ints  # (subjects,)
    active: Ints  # (steps,)

    @property
    def last(self) -> Ints:
        """The last day of each, (subjects,)."""
        return np.asarray(self.days[np.arange(len(self.sizes)), self.sizes - 1])


def batch_of(histories: Sequence[Daily]) -> Batch:
    """Every history must hold at least one day."""
    order = np.argsort([-each.size for each in histories], kind="stable")
    sizes = np.array([histories[place].size for place in order])
    shape = (len(order), int(sizes[0]))
    days, posts, means = np.zeros(shape, np.int64), np.ones(shape), np.zeros((*shape, len(EMOTIONS)))
    for row, place in enumerate(order):
        each = histories[place]
        days[row, : each.size], posts[row, : each.size], means[row, : each.size] = each.days, each.posts, each.means
    active = (sizes[:, None] > np.arange(shape[1])).sum(axis=0)
    return Batch(np.asarray(order), days, posts, means, sizes, active)
