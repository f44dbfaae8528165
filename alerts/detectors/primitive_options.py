"""The numbers of the textbook rules. Each looks at one value per closed period: the mean score of the emotion."""

from typing import Any, Literal

from pydantic import Field

from alerts.detectors.primitives.chart import Chart
from alerts.detectors.primitives.cusum import Cusum
from alerts.detectors.primitives.e_detector import EDetector
from alerts.detectors.primitives.ewma import Ewma
from alerts.detectors.primitives.page_hinkley import PageHinkley
from alerts.detectors.primitives.self_starting import SelfStartingCusum
from alerts.options import RuleOptions

CEILING = 4.0  # times the threshold: no anomaly carries a statistic further, so that it comes down again


class PrimitiveOptions(RuleOptions):
    """What textbook rules share. They count periods that have posts; the time between them plays no part.

    The textbooks' run lengths hold for independent values, most of them for normal ones. Hours of one person are
    neither, so a rule wants a higher threshold than the table says: try it with `tideline rules test` first.
    Only the e-detector's bound needs no such care.
    """

    subject: Literal["person", "channel"]
    side: Literal["up", "down"] = Field(default="up", description="whether a rise or a fall of the emotion matters")
    min_posts: int = Field(default=1, ge=1, description="a period with fewer posts (of a channel: people) is left out")
    restart_days: float = Field(default=60, gt=0, le=3660, description="after so long a silence the sum starts anew")

    @property
    def ceiling(self) -> float:
        return self.threshold * max(CEILING, self.high, self.escalate)

    def standard(self, value: float) -> float:
        """A period's value as the chart takes it: raised on the side that matters."""
        return value if self.side == "up" else 1.0 - value

    def upward(self, mean: float) -> float:
        """A mean as `standard` would show it."""
        return mean if self.side == "up" else 1.0 - mean

    def chart(self, state: list[Any] | None) -> Chart:
        """The chart, taken up where `state` left it."""
        raise NotImplementedError

    def calm_periods(self) -> float | None:
        """After how many calm periods a false alert comes on average, where the textbook knows; it may be costly."""
        return None


class StandardisedOptions(PrimitiveOptions):
    """Charts of values whose usual mean and deviation the author of the rule knows, per period and subject."""

    mean: float = Field(gt=0, lt=1, description="the usual mean score of a period")
    sd: float = Field(gt=0, le=1, description="the usual standard deviation of a period's mean score")

    def standard(self, value: float) -> float:
        return (value - self.mean) / self.sd if self.side == "up" else (self.mean - value) / self.sd


class CusumOptions(StandardisedOptions):
    """A cumulative sum; `threshold` and `slack` in standard deviations."""

    detector: Literal["cusum"] = "cusum"
    threshold: float = Field(gt=0, le=100)
    slack: float = Field(default=0.5, ge=0, le=5, description="half of the shift to be found, in deviations")

    def chart(self, state: list[Any] | None) -> Chart:
        return Cusum(self.slack, state, self.ceiling)

    def calm_periods(self) -> float | None:
        from alerts.detectors.primitives.run_length import cusum_run_length

        return cusum_run_length(self.slack, self.threshold)


class EwmaOptions(StandardisedOptions):
    """A moving average; `threshold` in standard deviations of the average."""

    detector: Literal["ewma"] = "ewma"
    threshold: float = Field(gt=0, le=20)
    weight: float = Field(default=0.1, gt=0, le=1, description="of the latest period in the average")

    def chart(self, state: list[Any] | None) -> Chart:
        return Ewma(self.weight, state, self.ceiling)

    def calm_periods(self) -> float | None:
        from alerts.detectors.primitives.run_length import ewma_run_length

        return 2 * ewma_run_length(self.weight, self.threshold)  # one of its two sides


class PageHinkleyOptions(PrimitiveOptions):
    """A sum against the running mean; `threshold` and `tolerance` in deviations of a yes or no with that mean."""

    detector: Literal["page-hinkley"] = "page-hinkley"
    threshold: float = Field(gt=0, le=100)
    tolerance: float = Field(default=0.5, ge=0, le=5)
    prior: float = Field(gt=0, lt=1, description="where the running mean starts")
    prior_posts: float = Field(default=20, ge=1, le=1e6, description="how many periods that start counts for")

    def chart(self, state: list[Any] | None) -> Chart:
        return PageHinkley(self.upward(self.prior), self.tolerance, self.prior_posts, state, self.ceiling)


class SelfStartingOptions(PrimitiveOptions):
    """A cumulative sum that learns mean and deviation; `threshold` and `slack` in standard deviations."""

    detector: Literal["self-starting"] = "self-starting"
    threshold: float = Field(gt=0, le=100)
    slack: float = Field(default=0.5, ge=0, le=5)
    warmup: int = Field(default=10, ge=3, le=10_000, description="periods before anything is added")
    least_sd: float = Field(default=0.02, gt=0, le=1, description="no deviation is taken for smaller")

    def chart(self, state: list[Any] | None) -> Chart:
        return SelfStartingCusum(self.slack, self.warmup, self.least_sd, state, self.ceiling)

    def calm_periods(self) -> float | None:
        from alerts.detectors.primitives.run_length import cusum_run_length

        return self.warmup + cusum_run_length(self.slack, self.threshold)


class EDetectorOptions(PrimitiveOptions):
    """Evidence against a calm mean; at `threshold` 3 a false alert comes after 1,000 periods or more on average."""

    detector: Literal["e-detector"] = "e-detector"
    threshold: float = Field(gt=0, le=12)
    mean: float = Field(gt=0, lt=1, description="calm is a mean of no more (of side down: no less) than this")

    def chart(self, state: list[Any] | None) -> Chart:
        return EDetector(self.upward(self.mean), state, self.ceiling)

    def calm_periods(self) -> float | None:
        return float(10**self.threshold)
