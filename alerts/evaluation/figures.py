"""From outcomes to figures: how much is found, how much is false, how late, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from alerts.composed.stories import DECOYS, STEADY
from alerts.evaluation.bootstrap import f1_interval
from alerts.evaluation.early import erde, latency_f1
from alerts.evaluation.matching import Outcome

YEAR = 365.25
RATES = ((0.0, 0.5), (0.5, 1.0), (1.0, 2.0), (2.0, 5.0), (5.0, float("inf")))
"""Posts a day, from and below."""


@dataclass(frozen=True)
class Counts:
    """Right alerts, people missed, false alerts, and how long people were watched in all."""

    right: int
    missed: int
    false: int
    user_years: float

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.false, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(2 * self.right + self.missed + self.false, 1)

    @property
    def false_per_year(self) -> float:
        return self.false / self.user_years


def counted(outcomes: Sequence[Outcome], days: int) -> Counts:
    """The counts of everybody watched for so many days."""
    right = sum(each.hit is not None for each in outcomes)
    planted = sum(each.planted for each in outcomes)
    return Counts(right, planted - right, sum(len(each.false) for each in outcomes), len(outcomes) * days / YEAR)


@dataclass(frozen=True)
class Figures:
    """Everything measured of one rule at one threshold on one cohort."""

    threshold: float
    people: int
    planted: int
    right: int
    false: int
    precision: float
    recall: float
    f1: float
    f1_interval: tuple[float, float]
    false_per_user_year: float
    delay_posts: dict[str, float] | None
    delay_hours: dict[str, float] | None
    recall_by_rate: dict[str, dict[str, float]]
    false_by_story: dict[str, dict[str, float]]
    erde5: float
    erde50: float
    erde_7_days: float
    erde_28_days: float
    latency_f1: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def figures(outcomes: Sequence[Outcome], threshold: float, days: int, seed: int = 1) -> Figures:
    """All figures of one cohort; the interval is a bootstrap over people."""
    counts = counted(outcomes, days)
    hits = [each for each in outcomes if each.hit]
    return Figures(
        threshold=threshold,
        people=len(outcomes),
        planted=counts.right + counts.missed,
        right=counts.right,
        false=counts.false,
        precision=_round(counts.precision),
        recall=_round(counts.recall),
        f1=_round(counts.f1),
        f1_interval=f1_interval(outcomes, seed),
        false_per_user_year=_round(counts.false_per_year),
        delay_posts=_spread([each.delay_posts for each in hits]),
        delay_hours=_spread([each.delay_hours for each in hits]),
        recall_by_rate=_by_rate(outcomes),
        false_by_story=_by_story(outcomes, days),
        erde5=_round(erde(outcomes, 5)),
        erde50=_round(erde(outcomes, 50)),
        erde_7_days=_round(erde(outcomes, 7, days=True)),
        erde_28_days=_round(erde(outcomes, 28, days=True)),
        latency_f1=_round(latency_f1(outcomes, counts.f1)),
    )


def _spread(delays: Sequence[float]) -> dict[str, float] | None:
    if not delays:
        return None
    middle, late = np.percentile(delays, [50, 90])
    return {"median": round(float(middle), 1), "p90": round(float(late), 1)}


def _by_rate(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    found = {}
    for low, high in RATES:
        group = [each for each in outcomes if each.planted and low <= each.person.rate < high]
        name = f"{low:g} to {high:g}" if high < float("inf") else f"{low:g} and more"
        right = sum(each.hit is not None for each in group)
        found[name] = {"planted": len(group), "recall": _round(right / max(len(group), 1))}
    return found


def _by_story(outcomes: Sequence[Outcome], days: int) -> dict[str, dict[str, float]]:
    """False alerts by what the person went through; `planted` is a change in this emotion, `other` in another."""
    found = {}
    for kind in (STEADY, *DECOYS, "planted", "other"):
        group = [each for each in outcomes if _kind(each) == kind]
        false = sum(len(each.false) for each in group)
        years = max(len(group), 1) * days / YEAR
        found[kind] = {"people": len(group), "false": false, "per_user_year": _round(false / years)}
    return found


def _kind(outcome: Outcome) -> str:
    kind = outcome.person.story.kind
    if kind in (STEADY, *DECOYS):
        return kind
    return "planted" if outcome.planted else "other"


def _round(value: float) -> float:
    return round(value, 4)
