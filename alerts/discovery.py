"""Many people tested on one day: which of the day's findings are likely to be more than chance."""

from collections.abc import Mapping
from typing import NamedTuple


class Discovery(NamedTuple):
    """One person's place among all who were tested on a day."""

    rank: int  # 1 is the least likely to be chance
    q: float  # the share of chance findings that is to be expected among it and all above it
    tested: int

    def as_tags(self) -> dict[str, float]:
        return {"rank": self.rank, "q": round(self.q, 6), "tested": self.tested}


def discoveries(p_values: Mapping[str, float], tested: int) -> dict[str, Discovery]:
    """Benjamini-Hochberg: each name's q-value among `tested` people.

    Only the small p-values need to be given: a q-value below the smallest that was left out is exact, as no
    larger one can lower it.

    >>> found = discoveries({"ada": 0.0001, "bob": 0.01, "cyd": 0.04}, tested=100)
    >>> [(name, each.rank, round(each.q, 3)) for name, each in found.items()]
    [('ada', 1, 0.01), ('bob', 2, 0.5), ('cyd', 3, 1.0)]
    """
    tested = max(tested, len(p_values))
    ordered = sorted(p_values, key=lambda name: (p_values[name], name))
    found: dict[str, Discovery] = {}
    least = 1.0
    for rank in range(len(ordered), 0, -1):
        name = ordered[rank - 1]
        least = min(least, p_values[name] * tested / rank)
        found[name] = Discovery(rank, least, tested)
    return dict(reversed(found.items()))
