"""The few posts that weigh most in a decayed sum, kept exactly in constant space."""

import math
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

Entry = list[Any]  # [key as bytes, seconds, value, weight, centre]; the last three in thousandths
_THOUSAND = 1000.0


class Contributors:
    """The `keep` heaviest posts of a sum in which every post fades at the same rate.

    Because all fade alike, who is ahead today stays ahead: a short sorted list is exact for ever, and a post
    that fell out could never have come back. `centre` is what such a post usually scores.

    >>> posts = Contributors(keep=2, half_life=10)
    >>> for at, value in [(0, 0.9), (10, 0.2), (20, 0.6)]:
    ...     posts.add(str(uuid.UUID(int=at)), at, value, weight=1.0)
    >>> [(value, round(fading, 3)) for _, _, value, _, fading in posts.weigh(20)]
    [(0.6, 1.0), (0.9, 0.25)]
    """

    __slots__ = ("_keep", "_rate", "entries")

    def __init__(self, keep: int, half_life: float, entries: list[Entry] | None = None) -> None:
        self._keep = keep
        self._rate = math.log(2) / half_life
        self.entries: list[Entry] = list(entries or ())

    def add(self, key: str, at: int, value: float, weight: float, centre: float = 0.0) -> None:
        """Consider one more post."""
        value, weight, centre = round(value * _THOUSAND), round(weight * _THOUSAND), round(centre * _THOUSAND)
        entries, mass = self.entries, (value - centre) * weight
        if mass <= 0 or (len(entries) == self._keep and mass <= self._mass(entries[-1], at)):
            return
        place = len(entries)
        while place and self._mass(entries[place - 1], at) < mass:
            place -= 1
        entries.insert(place, [bytes.fromhex(key.replace("-", "")), at, value, weight, centre])
        del entries[self._keep :]

    def weigh(self, at: int) -> Iterator[tuple[str, int, float, float, float]]:
        """Each kept post as (key, when, value, centre, its weight as of `at`), heaviest first."""
        for key, then, value, weight, centre in self.entries:
            fading = weight / _THOUSAND * math.exp(-self._rate * (at - then))
            yield str(uuid.UUID(bytes=key)), then, value / _THOUSAND, centre / _THOUSAND, fading

    def _mass(self, entry: Entry, at: int) -> float:
        mass: float = (entry[2] - entry[4]) * entry[3] * math.exp(-self._rate * (at - entry[1]))
        return mass


def explain(posts: Contributors, at: int, statistic: float, scale: float, level: float) -> dict[str, Any]:
    """Each post's part of a statistic that is linear in the posts; with `rest` the parts sum to it."""
    parts = [
        {
            "key": key,
            "seen_at": datetime.fromtimestamp(then, UTC).isoformat(),
            "score": value,
            "contribution": round(weight * (value - centre - level) * scale, 9),
        }
        for key, then, value, centre, weight in posts.weigh(at)
    ]
    return {"posts": parts, "rest": round(statistic - sum(part["contribution"] for part in parts), 9)}  # type: ignore[misc]
