"""What a replay has to tell when it ends."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from stream.sequence import Survey


@dataclass(slots=True)
class ReplaySummary:
    """What a replay did. It names no person and quotes no post."""

    files: list[str]
    rows: int = 0
    posts: int = 0
    bad_rows: int = 0
    ticks: int = 0
    filled_times: int = 0
    sorted: bool = False
    first: datetime | None = None
    last: datetime | None = None
    seconds: float = 0.0
    reading_seconds: float = 0.0
    resumed_after: int = 0
    position: int = 0
    interrupted: bool = False
    exit_code: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.posts / self.seconds if self.seconds else 0.0

    def as_dict(self) -> dict[str, Any]:
        times = {name: moment and moment.isoformat() for name, moment in (("first", self.first), ("last", self.last))}
        took = {"seconds": round(self.seconds, 3), "reading_seconds": round(self.reading_seconds, 3)}
        return asdict(self) | times | took | {"posts_per_second": round(self.rate, 1)}

    def lines(self) -> list[str]:
        """The summary as a few lines of text."""
        page = [f"{self.posts:,} posts sent in {self.seconds:.1f} s ({self.rate:,.0f}/s), {self.ticks:,} ticks"]
        page.append(f"{self.bad_rows:,} bad rows sent to the dead letters; {self.rows:,} rows could be read")
        if self.first and self.last:
            page.append(f"event times {self.first.isoformat()} to {self.last.isoformat()}")
        return page + self.notes


def report(found: Survey, summary: ReplaySummary) -> None:
    """Tell what the reading of the files found out."""
    summary.rows, summary.filled_times, summary.sorted = found.rows, found.filled, found.sorted
    summary.first, summary.last = found.first, found.last
    if found.filled:
        summary.notes.append(f"{found.filled:,} rows have no time: filled in order")
    if found.sorted:
        summary.notes.append("the rows were sorted by time")
    elif found.disorder:
        summary.notes.append(f"rows are up to {found.disorder.total_seconds():.0f} s out of order; sent as they are")
