"""A subject's days: how many posts were scored on each, and their mean scores. What a forecast is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from models.labels import EMOTIONS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Daily:
    """Days with posts, ascending; a day without posts is not there. Days are proleptic ordinals."""

    days: Ints  # (days,)
    posts: Floats  # (days,), above 0
    means: Floats  # (days, 7), 0 to 1

    @property
    def size(self) -> int:
        return len(self.days)

    def before(self, day: int, reach: int) -> Daily:
        """The `reach` days that end right before `day`; nothing later is looked at."""
        first, last = np.searchsorted(self.days, (day - reach, day))
        return Daily(self.days[first:last], self.posts[first:last], self.means[first:last])


def daily_of(rows: Sequence[tuple[date, int, Sequence[float]]]) -> Daily:
    """Rows (day, posts, means) in any order, as they come from a database.

    A day without posts is left out; of a day that comes twice the posts are pooled; means are held in 0 to 1.

    >>> series = daily_of([(date(2025, 3, 4), 2, [0.5] * 7), (date(2025, 3, 3), 0, [0.0] * 7)])
    >>> series.posts.tolist(), date.fromordinal(int(series.days[0])).isoformat()
    ([2.0], '2025-03-04')
    """
    kept = [(day.toordinal(), posts, means) for day, posts, means in rows if posts > 0]
    days = np.array([day for day, _, _ in kept], dtype=np.int64)
    posts = np.array([posts for _, posts, _ in kept], dtype=np.float64)
    means = np.array([means for _, _, means in kept], dtype=np.float64).reshape(len(kept), len(EMOTIONS))
    return _pooled(days, posts, np.clip(np.nan_to_num(means), 0.0, 1.0))


def _pooled(days: Ints, posts: Floats, means: Floats) -> Daily:
    distinct, place = np.unique(days, return_inverse=True)
    counts, sums = np.zeros(len(distinct)), np.zeros((len(distinct), means.shape[1]))
    np.add.at(counts, place, posts)
    np.add.at(sums, place, means * posts[:, None])
    return Daily(distinct, counts, sums / np.maximum(counts, 1.0)[:, None])
