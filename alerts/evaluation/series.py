"""How good `tideline detect --kind spike` is on composed series: an alert within an hour of a label finds it."""

from __future__ import annotations

from typing import NamedTuple

from alerts.composed.series import DAY_ROWS, STEP, Series
from alerts.detect.spikes import SeriesSpike

_MONTH = 365.25 / 12 * DAY_ROWS  # rows
_NEAR = 3600  # seconds


class Count(NamedTuple):
    """What one threshold does on some series."""

    months: float = 0.0
    labels: int = 0
    found: int = 0
    false: int = 0

    def __add__(self, other: Count) -> Count:  # type: ignore[override]
        labels, found, false = self.labels + other.labels, self.found + other.found, self.false + other.false
        return Count(self.months + other.months, labels, found, false)

    def as_dict(self) -> dict[str, float]:
        return {"false_per_month": round(self.false / self.months, 2), "recall": round(self.found / self.labels, 3)}


def judge(series: Series, threshold: float) -> Count:
    """Run one series and compare its alerts with its labels."""
    spike, times = SeriesSpike(threshold), range(series.start, series.start + STEP * len(series.values), STEP)
    alerts = [at for at, value in zip(times, series.values, strict=True) if spike.step(at, value)[1]]
    found = sum(any(abs(at - label) <= _NEAR for at in alerts) for label in series.labels)
    false = sum(all(abs(at - label) > _NEAR for label in series.labels) for at in alerts)
    return Count(len(series.values) / _MONTH, len(series.labels), found, false)
