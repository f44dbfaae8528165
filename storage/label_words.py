"""The few words that labels use, and which label outranks which. Imports nothing, so anything may import it."""

from dataclasses import dataclass
from datetime import datetime
from functools import total_ordering
from typing import ClassVar

VERDICTS = ("right", "wrong", "unsure", "skip")
QUEUES = ("uncertain", "random", "disputed", "golden", "import", "web", "desk")
"""Why somebody was asked about a post: the task queues; a file; a web console; the moderators' desk."""

LONGEST_REASON = 500  # characters
LONGEST_LABELLER = 80
LONGEST_NAME = 200  # of a model, a provenance, a licence


@total_ordering
class Label:
    """What somebody or something says a post shows. The greatest label of a post is the one that holds.

    The order is that of the kinds first and of time only within a kind: a person's old word outranks a model's new
    one.

    >>> early, late = datetime(2025, 1, 1), datetime(2025, 2, 1)
    >>> max([HumanLabel("joy", early, "mia"), ModelLabel("anger", late, 991)]).emotion
    'joy'
    """

    RANK: ClassVar[int]
    emotion: str
    at: datetime

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Label) and self._order() == other._order() and self.emotion == other.emotion

    def __lt__(self, other: "Label") -> bool:
        return self._order() < other._order()

    def __hash__(self) -> int:
        return hash((self._order(), self.emotion))

    def _order(self) -> tuple[int, datetime]:
        return self.RANK, self.at


@dataclass(frozen=True, eq=False)
class ModelLabel(Label):
    """What a model put first; `score` is in thousandths."""

    RANK: ClassVar[int] = 0
    emotion: str
    at: datetime
    score: int


@dataclass(frozen=True, eq=False)
class HumanLabel(Label):
    """What a person says, under the name they label with. Only these are ever learned from."""

    RANK: ClassVar[int] = 1
    emotion: str
    at: datetime
    labeller: str
