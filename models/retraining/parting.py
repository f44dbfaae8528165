"""Which labelled posts are learned from and which only measure: apart by person and by time.

A person is held out for good: which persons is decided by a hash of the pseudonym, the same in every retraining, so
that a champion which itself came from labels was never taught by those it is measured on. What measures is also
later than everything that is learned from, as the posts that a model will meet are.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from models.errors import TrainingFailed
from models.retraining.items import Item


@dataclass(frozen=True)
class Shares:
    """How large a share of the persons is held out, and how large a share of the labels is the newest part."""

    persons: float = 0.2
    newest: float = 0.2

    def __post_init__(self) -> None:
        if not (0 < self.persons < 1 and 0 < self.newest < 1):
            raise TrainingFailed("The shares of held-out persons and of the newest labels lie between 0 and 1.")


class Parted(NamedTuple):
    """`train` is earlier, of persons learned from; `validation` earlier, of held-out persons; `test` later, of
    held-out persons. `later` is the rest, of persons learned from: it is for the next retraining."""

    train: list[Item]
    validation: list[Item]
    test: list[Item]
    later: list[Item]
    cut: datetime | None


def parted(items: Sequence[Item], shares: Shares | None = None) -> Parted:
    """Every item in one of the four parts, in the order given."""
    shares = shares or Shares()
    found = Parted([], [], [], [], cut_of(items, shares.newest))
    for item in items:
        _part(found, item, shares.persons).append(item)
    return found


def _part(found: Parted, item: Item, share: float) -> list[Item]:
    early = found.cut is None or item.sent_at <= found.cut
    if is_held_out(item.person, share):
        return found.validation if early else found.test
    return found.train if early else found.later


def cut_of(items: Sequence[Item], newest: float) -> datetime | None:
    """The moment after which the newest share of the posts was sent; None of nothing."""
    moments = sorted(item.sent_at for item in items)
    return moments[max(0, math.ceil(len(moments) * (1 - newest)) - 1)] if moments else None


def is_held_out(person: str, share: float) -> bool:
    """The same for ever: who is held out with a small share is also held out with a larger one.

    >>> sum(is_held_out(str(number), 0.2) for number in range(1000)) in range(150, 250)
    True
    """
    digest = hashlib.sha256(f"held out of retraining {person}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64
