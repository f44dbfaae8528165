"""How this worker's challenger fares, for the log, the health file, the metrics and the table of workers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Standing:
    """`state` is `scoring`, `in use` (it is the champion by now) or `off`; `why` is the last thing that went wrong."""

    challenger: str
    share: float
    state: Literal["scoring", "in use", "off"]
    scored: int = 0  # posts, since this worker took it up
    dropped: int = 0  # batches that went on without it
    why: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def told(standing: Mapping[str, Any]) -> str:
    """
    >>> told(Standing("lstm@1", 0.1, "off", 1200, 3, "it took longer than 5 s").as_dict())
    'lstm@1, 0.1 of the people, off after 1,200 posts; 3 batches went without it: it took longer than 5 s'
    """
    state = standing["state"]
    done = f"off after {standing['scored']:,} posts" if state == "off" else f"{state}, {standing['scored']:,} posts"
    missed = f"; {standing['dropped']:,} batches went without it" if standing["dropped"] else ""
    why = f": {standing['why']}" if standing["why"] else ""
    return f"{standing['challenger']}, {standing['share']:.4g} of the people, {done}{missed}{why}"
