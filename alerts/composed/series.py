"""Series of counts as companies get them in tweets: rhythm, restless noise, lone bursts, and a few real events.

Made from a description, not from any real series: means of 5 to 90 in five minutes, a day and a week in them,
far more spread than chance gives, one-row bursts everywhere, and two to five news bursts that are the truth.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from typing import NamedTuple

from alerts.composed.chance import poisson

STEP = 300  # seconds
DAY_ROWS = 86400 // STEP


@dataclass(frozen=True, slots=True)
class SeriesOptions:
    """How hard a series is. Rates are per day, sizes are multiples of the series' mean, times are in rows."""

    rows: int = 16_000
    mean: tuple[float, float] = (5, 90)
    daily: float = 0.6  # depth of the daily rhythm, in log units
    weekly: float = 0.25
    wander: float = 0.15  # spread of the slow level, in log units
    restless: float = 0.25  # spread of the noise that lasts about an hour
    shape: float = 4.0  # of the gamma noise of one row; small is wild
    bursts: float = 5.0  # lone bursts a day
    burst_tail: float = 2.0  # Pareto exponent of their sizes; small is wild
    flurries: float = 0.3  # unlabelled little waves a day, half an hour to two
    flurry_size: float = 0.8
    events: tuple[int, int] = (2, 5)
    event_size: tuple[float, float] = (2.5, 40)
    event_rows: tuple[float, float] = (1, 72)
    ramp: float = 0.3  # chance that an event climbs for up to an hour before its peak


SETTINGS: dict[str, SeriesOptions] = {
    "plain": SeriesOptions(daily=0.4, restless=0.15, shape=8, bursts=1, burst_tail=3, flurries=0.1, event_size=(2, 20)),
    "usual": SeriesOptions(),
    "restless": SeriesOptions(daily=0.9, wander=0.3, restless=0.5, flurries=0.8),
    "bursty": SeriesOptions(shape=2, bursts=15, burst_tail=1.5, event_size=(4, 60)),
    "modest": SeriesOptions(event_size=(1.5, 6), event_rows=(3, 48)),
    "thin": SeriesOptions(mean=(1, 8), shape=2, event_size=(4, 40)),
}
"""From easy to hard; `bursty` has lone bursts of any size, `modest` has no event that anyone would call big."""


class Series(NamedTuple):
    """Values one step apart from `start`, and the moments (seconds since 1970) that a person would label."""

    name: str
    start: int
    values: list[int]
    labels: list[int]


def compose_series(options: SeriesOptions, seed: int, name: str = "", start: int = 1_420_070_400) -> Series:
    """One series.

    >>> series = compose_series(SETTINGS["usual"], seed=1)
    >>> len(series.values), series == compose_series(SETTINGS["usual"], seed=1)
    (16000, True)
    """
    rng = random.Random(seed)
    own = replace(options, mean=(_between(rng, options.mean),) * 2)
    rate = _level(rng, own)
    extra, labels = _extras(rng, own)
    noise = [rng.gammavariate(own.shape, 1 / own.shape) for _ in rate]
    values = [poisson(rng, (r + e) * n) for r, e, n in zip(rate, extra, noise, strict=True)]
    for at, size in _bursts(rng, own):
        values[at] += round(size)
    return Series(name or f"series-{seed}", start, values, [start + row * STEP for row in labels])


def _level(rng: random.Random, options: SeriesOptions) -> list[float]:
    """The rate of every row, without bursts: rhythm times slow wander times restlessness."""
    phase, mean = rng.random(), options.mean[0]
    slow, quick, rate = 0.0, 0.0, []
    for row in range(options.rows):
        slow += -slow / 1500 + rng.gauss(0, options.wander * math.sqrt(2 / 1500))
        quick += -quick / 10 + rng.gauss(0, options.restless * math.sqrt(2 / 10))
        day = row / DAY_ROWS
        rhythm = options.daily * math.sin(2 * math.pi * (day - phase))
        weekend = options.weekly if day % 7 >= 5 else 0.0
        rate.append(mean * math.exp(rhythm - options.daily**2 / 4 - weekend + slow + quick))
    return rate


def _extras(rng: random.Random, options: SeriesOptions) -> tuple[list[float], list[int]]:
    """What events and flurries add to each row, and the rows where a person would put the labels."""
    extra, labels = [0.0] * options.rows, []
    for _ in range(poisson(rng, options.flurries * options.rows / DAY_ROWS)):
        size = options.flurry_size * options.mean[0] * rng.expovariate(1)
        _add_wave(extra, rng.randrange(options.rows), size, rng.uniform(6, 24), 0)
    for at in _apart(rng, options):
        climb = rng.randrange(1, 13) if rng.random() < options.ramp else 0
        size = _between(rng, options.event_size) * options.mean[0]
        _add_wave(extra, at, size, _between(rng, options.event_rows), climb)
        labels.append(at + rng.choice((0, climb)))
    return extra, sorted(labels)


def _apart(rng: random.Random, options: SeriesOptions) -> list[int]:
    """Rows for the events, after the first six days, and never two on one day."""
    rows: list[int] = []
    wanted = rng.randint(*options.events)
    while len(rows) < wanted:
        row = rng.randrange(options.rows * 15 // 100, options.rows - DAY_ROWS // 4)
        if all(abs(row - other) > DAY_ROWS for other in rows):
            rows.append(row)
    return rows


def _add_wave(extra: list[float], at: int, size: float, rows: float, climb: int) -> None:
    """A climb to `size`, then a fade in which `rows` is the time to a tenth."""
    for row in range(at, min(len(extra), at + climb + round(1.5 * rows) + 1)):
        since = row - at - climb
        extra[row] += size * ((row - at + 1) / (climb + 1) if since < 0 else 10 ** (-since / rows))


def _bursts(rng: random.Random, options: SeriesOptions) -> list[tuple[int, float]]:
    """Lone rows that jump: somebody's robots, a popular joke."""
    count = poisson(rng, options.bursts * options.rows / DAY_ROWS)
    mean = options.mean[0]
    return [(rng.randrange(options.rows), mean * (rng.paretovariate(options.burst_tail) - 0.5)) for _ in range(count)]


def _between(rng: random.Random, limits: tuple[float, float]) -> float:
    """Evenly spread over the orders of magnitude between two positive limits."""
    return math.exp(rng.uniform(math.log(limits[0]), math.log(limits[1])))
