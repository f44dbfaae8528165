"""Sums as whole numbers: short in storage, and the same after any number of trips through it."""

from collections.abc import Iterable

STEPS = 10_000  # in one: finer than a score's thousandth, and most sums fit three bytes


def quantised(value: float) -> int:
    """
    >>> quantised(0.123456789), restored(quantised(0.123456789))
    (1235, 0.1235)
    """
    return round(value * STEPS)


def restored(value: int) -> float:
    return value / STEPS


def all_quantised(values: Iterable[float]) -> list[int]:
    return [round(value * STEPS) for value in values]


def all_restored(values: Iterable[int]) -> list[float]:
    return [value / STEPS for value in values]
