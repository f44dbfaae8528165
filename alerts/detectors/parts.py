"""The posts that added most to a statistic that moves in steps."""

import uuid
from datetime import UTC, datetime
from typing import Any

from alerts.detectors.primitives.chart import MILLION

Entry = list[Any]  # [key as bytes, seconds, score in thousandths, part in millionths]


class Parts:
    """The `keep` largest parts of a sum whose parts all fade alike, so that a short list is exact for ever.

    >>> parts = Parts(keep=2)
    >>> for number, part in enumerate([0.5, 2.0, -1.0, 1.0]):
    ...     parts.fade(0.5)
    ...     parts.add(str(uuid.UUID(int=number)), 3600, score=700, part=part)
    >>> [entry[3] / 1e6 for entry in parts.entries]
    [1.0, 0.5]
    >>> parts.explain(1.25)["rest"]
    -0.25
    """

    __slots__ = ("_keep", "entries")

    def __init__(self, keep: int, entries: list[Entry] | None = None) -> None:
        self._keep = keep
        self.entries: list[Entry] = list(entries or ())

    def fade(self, share: float) -> None:
        """Leave this share of all parts."""
        if share != 1.0:
            self.entries = [[*entry[:3], round(entry[3] * share)] for entry in self.entries]

    def add(self, key: str, at: int, score: int, part: float) -> None:
        """Consider one more post."""
        if part > 0:
            entries = [*self.entries, [uuid.UUID(key).bytes, at, score, round(part * MILLION)]]
            self.entries = sorted(entries, key=lambda entry: -entry[3])[: self._keep]

    def clear(self) -> None:
        """The sum began anew: nothing of what was added before is left in it."""
        self.entries = []

    def explain(self, statistic: float) -> dict[str, Any]:
        """Each post's part of the statistic; with `rest` the parts sum to it."""
        posts = [
            {
                "key": str(uuid.UUID(bytes=key)),
                "seen_at": datetime.fromtimestamp(at, UTC).isoformat(),
                "score": score / 1000,
                "contribution": part / MILLION,
            }
            for key, at, score, part in self.entries
        ]
        rest = statistic - sum(entry[3] for entry in self.entries) / MILLION
        return {"posts": posts, "rest": round(rest, 9)}
