"""Which texts are scored together: similar lengths, bounded by tokens rather than by rows."""

from collections.abc import Iterator, Sequence

TOKENS_PER_BATCH = 8192
"""Rows × longest row; bounds memory (about 50 MB) whatever the lengths. Larger batches were no faster."""

ENOUGH_ROWS, UNEVEN = 32, 1.2
"""A batch of enough rows is closed before it gets more uneven: a third less time for calls of 256 posts."""


def batches(lengths: Sequence[int], tokens: int = TOKENS_PER_BATCH) -> Iterator[list[int]]:
    """Row numbers, shortest texts first, in batches with little filling and at most `tokens` numbers.

    >>> list(batches([9, 2, 3, 2], tokens=9))
    [[1, 3, 2], [0]]
    """
    chosen: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if chosen and _full(len(chosen), lengths[chosen[0]], lengths[row], tokens):
            yield chosen
            chosen = []
        chosen.append(row)
    if chosen:
        yield chosen


def _full(rows: int, shortest: int, longest: int, tokens: int) -> bool:
    """Whether the next text must wait for another batch: too many tokens, or enough rows and uneven."""
    return (rows + 1) * longest > tokens or (rows >= ENOUGH_ROWS and longest > UNEVEN * shortest)


def packs(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """The same for texts laid end to end: nothing is filled, so only the sum of lengths counts.

    >>> list(packs([9, 2, 3, 2], tokens=9))
    [[1, 3, 2], [0]]
    """
    chosen: list[int] = []
    held = 0
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if chosen and held + lengths[row] > tokens:
            yield chosen
            chosen, held = [], 0
        chosen.append(row)
        held += lengths[row]
    if chosen:
        yield chosen
