"""Which detectors there are: the one place where a new kind is entered."""

from __future__ import annotations

from typing import Any, Protocol

from alerts.detectors import cohort, level, primitive_options, primitive_rule, spike, trend
from alerts.episode import Episode
from alerts.types import Period

Options = (
    trend.TrendOptions
    | spike.SpikeOptions
    | level.LevelOptions
    | cohort.CohortOptions
    | primitive_options.CusumOptions
    | primitive_options.EwmaOptions
    | primitive_options.PageHinkleyOptions
    | primitive_options.SelfStartingOptions
    | primitive_options.EDetectorOptions
)


class Detector(Protocol):
    """What a rule runs: score a closed period, then learn it. `at` never runs backwards."""

    at: int
    episode: Episode

    def score(self, period: Period) -> float: ...

    def update(self, period: Period) -> None: ...

    def evidence(self, statistic: float) -> dict[str, Any]: ...

    def to_state(self) -> list[Any]: ...


KINDS: dict[str, tuple[type[Any], int]] = {  # name in rules.toml: the detector and the layout of its state
    "trend": (trend.Trend, trend.LAYOUT),
    "spike": (spike.Spike, spike.LAYOUT),
    "level": (level.Level, level.LAYOUT),
    "cohort": (cohort.Cohort, cohort.LAYOUT),
    "cusum": (primitive_rule.PrimitiveRule, primitive_rule.LAYOUT),
    "ewma": (primitive_rule.PrimitiveRule, primitive_rule.LAYOUT),
    "page-hinkley": (primitive_rule.PrimitiveRule, primitive_rule.LAYOUT),
    "self-starting": (primitive_rule.PrimitiveRule, primitive_rule.LAYOUT),
    "e-detector": (primitive_rule.PrimitiveRule, primitive_rule.LAYOUT),
}
LAYOUTS = {name: layout for name, (_, layout) in KINDS.items()}


def detector_of(options: Options, state: list[Any] | None) -> Detector:
    """The detector of a rule, taken up where `state` left it."""
    found: Detector = KINDS[options.detector][0](options, state)
    return found
