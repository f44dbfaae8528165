"""The generator's numbers as options of a command, one for each field of `HistoryOptions`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, NamedTuple, TypeVar, get_type_hints

import click

from alerts.composed.options import HistoryOptions
from models.labels import EMOTIONS
from stream.alert_evaluation.parameters import Mix

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _Number(NamedTuple):
    name: str
    default: Any
    meaning: str


def generator_options(command: _Command) -> _Command:
    """Adds one option for each number of the generator."""
    for number in reversed(list(_numbers())):
        command = _option(number)(command)
    return command


def generator_numbers(given: dict[str, Any]) -> dict[str, Any]:
    """Those of a command's arguments that are the generator's."""
    return {number.name: given[number.name] for number in _numbers()}


def _numbers() -> Iterator[_Number]:
    hints = get_type_hints(HistoryOptions, include_extras=True)
    for each in fields(HistoryOptions):
        if meanings := getattr(hints[each.name], "__metadata__", ()):
            yield _Number(each.name, each.default, meanings[0])


def _option(number: _Number) -> Callable[[_Command], _Command]:
    told: dict[str, Any] = {"default": number.default, "show_default": True, "help": number.meaning}
    if number.name == "mix":
        usual = zip(EMOTIONS, number.default, strict=True)
        told |= {"type": Mix(), "default": ",".join(f"{emotion}={share:g}" for emotion, share in usual)}
    elif isinstance(number.default, tuple):
        told |= {"type": (float, float), "metavar": "FROM TO"}
    else:
        told |= {"type": type(number.default), "metavar": "N"}
    return click.option(f"--{number.name.replace('_', '-')}", **told)
