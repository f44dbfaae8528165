"""The forecast as it is told and stored: numbers in 0 to 1, or a sentence that says what is missing.

A forecast is shown to people. No rule reads it, and nothing is raised by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from alerts.forecast.daily import Daily, Floats, Ints
from alerts.forecast.outlook import HORIZONS, Spoken, look_ahead
from alerts.forecast.pool import Pool
from alerts.forecast.shape import down, up
from models.labels import EMOTIONS

REACH = 180  # days of history that are read
LEAST_DAYS = 5
LEAST_POSTS = 8
LONGEST_SILENCE = 56  # days


class Forecast(NamedTuple):
    """One emotion of one subject over one horizon, in 0 to 1.

    `low80` to `high95` are for the mean score that will be seen, as it depends on how much is posted;
    the `level_` ones for what lies behind it, however much is posted.
    """

    mean: float
    median: float
    low80: float
    high80: float
    low95: float
    high95: float
    level_low80: float
    level_high80: float
    level_low95: float
    level_high95: float


@dataclass(frozen=True)
class Foreseen:
    """Forecasts of many subjects. `numbers` is (subjects, horizons, 7, columns of `Forecast`)."""

    numbers: Floats
    posts: Ints  # behind the forecast, (subjects,)
    days: Ints
    spoken: Spoken

    def of(self, subject: int, horizon: int, emotion: str) -> Forecast:
        numbers = self.numbers[subject, HORIZONS.index(horizon), EMOTIONS.index(emotion)]
        return Forecast(*map(float, numbers))


def seen_before(series: Daily, day: int) -> Daily:
    """The part of a series that a forecast of `day` may look at."""
    return series.before(day, REACH)


def too_little(history: Daily, day: int) -> str | None:
    """Why nothing can be said from a history that ends before `day`; None where something can."""
    if not history.size:
        return f"no scored post in the {REACH} days before: nothing to go by"
    posts, days, silent = int(history.posts.sum()), history.size, day - 1 - int(history.days[-1])
    if days < LEAST_DAYS or posts < LEAST_POSTS:
        found = f"{_counted(posts, 'scored post')} on {_counted(days, 'day')}"
        return f"{found}: {LEAST_POSTS} posts on {LEAST_DAYS} days are needed before anything is forecast"
    if silent > LONGEST_SILENCE:
        return f"silent for {silent} days: after {LONGEST_SILENCE} the past says too little"
    return None


def foresee(pool: Pool, histories: Sequence[Daily], day: int, population: Floats | None = None) -> Foreseen:
    """The day `day` and the week that begins with it, from histories for which `too_little` says nothing.

    `population` (7,) is the mean score of everybody, to which subjects with little behind them are drawn.

    >>> from alerts.composed.moods import FIRST_DAY, compose_moods
    >>> from alerts.forecast.snapshot import load_snapshot
    >>> day = FIRST_DAY + 60
    >>> history = seen_before(compose_moods(1, seed=5)[0].series, day)
    >>> found = foresee(load_snapshot().pools["person"], [history], day).of(0, 7, "sadness")
    >>> 0 <= found.low95 <= found.low80 <= found.mean <= found.high80 <= found.high95 <= 1
    True
    """
    middle = np.array(pool.population if population is None else population)
    outlook = look_ahead(pool, histories, day, middle)
    mean, variance = outlook.expected.mean, outlook.expected.variance
    shapes = enumerate(pool.shapes)
    seen = np.stack([shape.quantiles(mean[:, n], variance[:, n]) for n, shape in shapes], axis=1)
    posts = np.array([int(history.posts.sum()) for history in histories])
    days = np.array([history.size for history in histories])
    return Foreseen(_numbers(mean, seen, outlook.level_quantiles()), posts, days, outlook.spoken)


def _numbers(mean: Floats, seen: Floats, level: Floats) -> Floats:
    """In thousandths, as scores are stored; intervals are rounded outwards and hold their own mean."""
    low95, low80, median, high80, high95 = np.moveaxis(seen, -1, 0)
    level_low95, level_low80, _, level_high80, level_high95 = np.moveaxis(level, -1, 0)
    columns = [
        *(mean.round(3), median.round(3)),
        *(down(np.minimum(low80, mean)), up(np.maximum(high80, mean))),
        *(down(np.minimum(low95, mean)), up(np.maximum(high95, mean))),
        *(down(level_low80), up(level_high80), down(level_low95), up(level_high95)),
    ]
    return np.asarray(np.clip(np.stack(columns, axis=-1), 0.0, 1.0))


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
