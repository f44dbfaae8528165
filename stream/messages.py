"""A message as it comes off the log, and what became of it. Records only."""

from dataclasses import dataclass
from datetime import datetime

from storage.dead_letters import SetAside
from storage.points import NewPoint
from stream.posts import Tick

REDRIVE_HEADER = "tideline-redrive-of"


@dataclass(frozen=True, slots=True)
class Message:
    """One record of the posts topic, with its place in the log."""

    partition: int
    offset: int
    value: bytes | None
    logged_at: datetime | None = None
    redrive_of: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A message understood: a point to be, a tick, or a dead letter."""

    partition: int
    offset: int
    record: NewPoint | Tick | SetAside

    @property
    def set_aside(self) -> bool:
        return isinstance(self.record, SetAside)
