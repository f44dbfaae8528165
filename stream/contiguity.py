"""Reading a partition without holes.

While Faust rebalances it may hand on a message from beyond the place to which it then seeks back. Processing
that one first would break the order, and committing its offset would lose what lies between.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Located(Protocol):
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...


Item = TypeVar("Item", bound=Located)


class Contiguity:
    """Drops what lies beyond a hole and says where to read again.

    A hole that is met twice in succession is real (compaction, retention, transactions) and is accepted.

    >>> from stream.messages import Message
    >>> holes = Contiguity()
    >>> holes.start(0, 5)
    >>> kept, again = holes.keep([Message(0, 5, b""), Message(0, 9, b"")])
    >>> [message.offset for message in kept], again
    ([5], {0: 6})
    >>> kept, again = holes.keep([Message(0, 9, b"")])
    >>> [message.offset for message in kept], again
    ([9], {})
    """

    def __init__(self) -> None:
        self._next: dict[int, int] = {}
        self._beyond: dict[int, set[int]] = {}  # offsets met beyond the hole that is open now

    def start(self, partition: int, offset: int) -> None:
        """Reading of a partition (re)starts here: 0 where nothing was committed, wherever the log begins.

        Holes met before prove nothing any more: the next one may be the next rebalance's.
        """
        self._next[partition] = offset
        self._beyond.pop(partition, None)

    def keep(self, items: Sequence[Item]) -> tuple[list[Item], dict[int, int]]:
        """What may be processed now, and the offset per partition to read again from."""
        kept: list[Item] = []
        again: dict[int, int] = {}
        for item in items:
            wanted = self._next.get(item.partition, item.offset)
            if item.partition in again:
                continue
            if item.offset > wanted and self._is_new_hole(item):
                again[item.partition] = wanted
                continue
            self._next[item.partition] = max(wanted, item.offset + 1)
            self._beyond.pop(item.partition, None)
            kept.append(item)
        return kept, again

    def _is_new_hole(self, item: Located) -> bool:
        met = self._beyond.setdefault(item.partition, set())
        if item.offset in met:
            return False
        met.add(item.offset)
        return True
