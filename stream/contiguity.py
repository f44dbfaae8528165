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

    A hole that is still there on the second reading is real (compaction, transactions) and is accepted.

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
        self._seen: set[tuple[int, int]] = set()

    def start(self, partition: int, offset: int | None) -> None:
        """Reading of a partition (re)starts here; None: wherever the log begins."""
        if offset is None:
            self._next.pop(partition, None)
        else:
            self._next[partition] = offset

    def keep(self, items: Sequence[Item]) -> tuple[list[Item], dict[int, int]]:
        """What may be processed now, and the offset per partition to read again from."""
        kept: list[Item] = []
        again: dict[int, int] = {}
        for item in items:
            wanted = self._next.get(item.partition, item.offset)
            if item.partition in again:
                continue
            if item.offset > wanted and (item.partition, item.offset) not in self._seen:
                self._seen.add((item.partition, item.offset))
                again[item.partition] = wanted
                continue
            self._next[item.partition] = max(wanted, item.offset + 1)
            kept.append(item)
        return kept, again
