"""The numbers of the channel generator, set by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_type_hints

from alerts.composed.channels import ChannelOptions
from alerts.errors import AlertError

_SHARES = ("anger", "spike_anger", "drift_anger")
_ROOM = 2  # days in which something can be planted, at least


def channel_options(settings: Sequence[tuple[str, list[float]]]) -> ChannelOptions:
    """The defaults, but for what was set.

    >>> channel_options([("channels", [3.0]), ("spike_volume", [2.0, 4.0])]).spike_volume
    (2.0, 4.0)
    """
    options = ChannelOptions(**{name: _fitted(name, numbers) for name, numbers in settings})
    days, quiet = options.days, options.quiet_days
    if days < quiet + _ROOM:
        raise AlertError(f"{days} days leave no room after {quiet} quiet ones: set more days, or fewer quiet_days.")
    return options


def _fitted(name: str, numbers: list[float]) -> Any:
    """The numbers in the shape that the field has."""
    shapes = get_type_hints(ChannelOptions)
    if name not in shapes:
        raise AlertError(f"channels have no number {name!r}: set some of {', '.join(shapes)}.")
    if shapes[name] not in (int, float):
        return _range(name, numbers)
    whole = shapes[name] is int
    if len(numbers) != 1 or numbers[0] < whole or (whole and numbers[0] % 1):
        kind = "a whole number from 1" if whole else "a number from 0"
        raise AlertError(f"{name} is {kind}: set it as {name}={getattr(ChannelOptions(), name)}, for example.")
    return int(numbers[0]) if whole else numbers[0]


def _range(name: str, numbers: list[float]) -> tuple[float, float]:
    most = 1 if name in _SHARES else float("inf")
    if len(numbers) != 2 or not 0 < numbers[0] <= numbers[1] <= most:
        above = ", a share of at most 1" if name in _SHARES else ""
        raise AlertError(f"{name} is a range: set {name}=FROM:TO, from a number above 0 to one not below it{above}.")
    return numbers[0], numbers[1]
