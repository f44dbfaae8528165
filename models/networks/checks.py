"""Sentences for options outside their range."""

from collections.abc import Sequence


def within(name: str, value: float, least: float, most: float) -> None:
    """Raises `ValueError` for anything but a number from `least` to `most`, whole where `most` is.

    >>> within("layers", 0, 1, 8)
    Traceback (most recent call last):
    ...
    ValueError: layers is 0: use a whole number from 1 to 8.
    """
    asked, kinds = ("whole number", (int,)) if isinstance(most, int) else ("number", (int, float))
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
        raise ValueError(f"{name} is {value!r}: use a {asked} from {least} to {most}.")


def one_of(name: str, value: str, known: Sequence[str]) -> None:
    """Raises `ValueError` when the value is none of those known."""
    if value not in known:
        raise ValueError(f"{name} is {value!r}: use one of {', '.join(known)}.")


def true_or_false(name: str, value: bool) -> None:
    if not isinstance(value, bool):
        raise ValueError(f"{name} is {value!r}: use true or false.")
