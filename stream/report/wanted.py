"""What somebody asked the page to show."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """`until` does not belong to it. No channels: all of them. Without `people`, nothing about any person is read."""

    since: datetime | None = None
    until: datetime | None = None
    channels: tuple[str, ...] = ()
    people: bool = True


EVERYTHING = Wanted()
