"""What every rule says, whatever its detector. The detector's own numbers are beside the detector."""

from datetime import datetime
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from alerts.null import ANY, null_of
from models.labels import EMOTIONS

HOUR = 3600
DAY = 86400
Severity = Literal["low", "medium", "high"]


class RuleOptions(BaseModel):
    """The part of a rule that all detectors share.

    `threshold` starts an episode; the episode ends when the statistic falls to `leave` of it. A subject is
    reported once per episode and not again within `cooldown_hours`, unless the statistic passes `escalate`
    times what was last reported. An episode that lasts longer than `settle_days` is the new normal: from then
    on the baseline learns again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False)

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)
    subject: Literal["person", "channel"]
    emotion: str
    threshold: float = Field(gt=0, le=100, allow_inf_nan=False)
    leave: float = Field(default=0.5, ge=0.25, lt=1)
    cooldown_hours: float = Field(default=14 * 24, ge=0, le=366 * 24)
    settle_days: float = Field(default=60, gt=0, le=3660)
    medium: float = Field(default=1.25, ge=1, description="times the threshold: from here it is medium")
    high: float = Field(default=1.6, ge=1, description="times the threshold: from here it is high")
    escalate: float = Field(default=2, ge=1, le=100, description="times the last report: from here it is told again")
    shadow: bool = Field(default=False, description="run and store, but never send")
    fdr: float | None = Field(default=None, gt=0, lt=1, description="hold back what a day's discovery control drops")

    @field_validator("emotion")
    @classmethod
    def _known_emotion(cls, value: str) -> str:
        if value not in EMOTIONS:
            raise ValueError(f"there is no emotion {value!r}; use one of {', '.join(EMOTIONS)}")
        return value

    @field_validator("fdr")
    @classmethod
    def _measured_chance(cls, value: float | None) -> float | None:
        detector = cls.model_fields["detector"].default
        if value is not None and null_of(detector, ANY) is None:
            raise ValueError(f"what chance does to {detector} rules was never measured; it is for trend rules")
        return value

    @cached_property
    def column(self) -> int:
        return EMOTIONS.index(self.emotion)

    @property
    def held(self) -> float:
        """The most a statistic may say while something else that the rule asks for is missing.

        Just under the threshold: nothing starts, yet an episode that runs is not torn in two.
        """
        return 0.99 * self.threshold

    def severity(self, statistic: float) -> Severity:
        """How urgent: a multiple of the threshold, never a probability of illness."""
        if statistic >= self.high * self.threshold:
            return "high"
        return "medium" if statistic >= self.medium * self.threshold else "low"


def seconds(moment: datetime) -> int:
    """A moment as whole seconds since 1970.

    >>> from datetime import UTC
    >>> seconds(datetime(1970, 1, 2, tzinfo=UTC))
    86400
    """
    return int(moment.timestamp())
