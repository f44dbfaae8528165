"""What detectors see and what they say. Pure records; nothing here knows a database or a stream."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

SubjectKind = Literal["person", "channel", "community"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One scored post as a detector sees it. `scores` are thousandths in the order of `EMOTIONS`."""

    key: str  # the post's key, a UUID in text form
    person: str  # the pseudonym, a UUID in text form
    sent_at: datetime
    scores: tuple[int, ...]
    language: str = ""  # of the text; each language has a population prior of its own


@dataclass(frozen=True, slots=True)
class Period:
    """A closed stretch of time of one person (an hour) or one channel (five minutes), in event-time order."""

    start: datetime
    end: datetime
    posts: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule was passed by a subject. `id` depends on rule version, subject and period alone."""

    id: str
    rule: str
    rule_version: str
    subject_kind: SubjectKind
    subject: str  # pseudonym or channel name; "everyone" for the community
    emotion: str
    at: datetime  # end of the period that raised it, event time
    statistic: float
    threshold: float
    severity: Literal["low", "medium", "high"]
    evidence: dict[str, Any] = field(default_factory=dict)
    shadow: bool = False  # the rule is on trial: stored, never sent
