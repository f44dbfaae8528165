"""The rules file: read, checked with line numbers, and given a version that follows its meaning."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alerts.errors import RulesInvalid
from alerts.registry import LAYOUTS, Detector, Options, detector_of
from alerts.toml_lines import line_of

SHIPPED = "rules.toml"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    rules: list[Annotated[Options, Field(discriminator="detector")]] = Field(min_length=1)


@dataclass(frozen=True)
class Rule:
    """One rule as it runs. `version` changes with any of its numbers and with its detector's arithmetic."""

    options: Options

    @cached_property
    def version(self) -> str:
        meaning = self.options.model_dump(mode="json") | {"layout": LAYOUTS[self.options.detector]}
        return _hash(meaning)

    @cached_property
    def key(self) -> str:
        """The name of its state: another version starts from nothing."""
        return f"{self.options.name}@{self.version}"

    def detector(self, state: list[Any] | None) -> Detector:
        """Its detector, taken up where `state` left it."""
        return detector_of(self.options, state)


@dataclass(frozen=True)
class Rules:
    """All rules in use, in the order of the file.

    >>> rules = load_rules(None)
    >>> [rule.options.name for rule in rules.channel]
    ['anger-spike-channel']
    >>> rules.version == load_rules(None).version
    True
    """

    all: tuple[Rule, ...]

    @cached_property
    def version(self) -> str:
        return _hash(sorted(rule.key for rule in self.all))

    @cached_property
    def person(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.all if rule.options.subject == "person")

    @cached_property
    def channel(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.all if rule.options.subject == "channel")


def load_rules(path: Path | None) -> Rules:
    """The rules in a file, or the shipped ones; raises `RulesInvalid` with the file and line."""
    name, text = _read(path)
    return parse_rules(text, name)


def parse_rules(text: str, name: str = SHIPPED) -> Rules:
    """Check the text of a rules file."""
    try:
        checked = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RulesInvalid(f"{name} is not valid TOML: {error}; correct it and try again") from error
    except ValidationError as error:
        raise RulesInvalid(_explain(error, text, name)) from error
    _refuse_twins(checked.rules, text, name)
    return Rules(tuple(Rule(options) for options in checked.rules))


def _read(path: Path | None) -> tuple[str, str]:
    if path is None:
        return SHIPPED, files("alerts").joinpath(SHIPPED).read_text(encoding="utf-8")
    try:
        return str(path), path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise RulesInvalid(
            f"the rules file {path} cannot be read ({why}): correct TIDELINE_RULES, or unset it"
        ) from error


def _explain(error: ValidationError, text: str, name: str) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    keys = [part for part in first["loc"] if part not in LAYOUTS]
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "union_tag_invalid":
        message = f"there is no such detector; use one of {', '.join(LAYOUTS)}"
        keys.append("detector")
    if first["type"] == "union_tag_not_found":
        message = f"a rule needs a detector: one of {', '.join(LAYOUTS)}"
    field = keys[-1] if keys and isinstance(keys[-1], str) else "rule"
    return f"{name}, line {line_of(text, keys)}: {field}: {message}"


def _refuse_twins(rules: list[Options], text: str, name: str) -> None:
    seen: dict[str, int] = {}
    for index, options in enumerate(rules):
        if options.name in seen:
            first, second = (line_of(text, ["rules", at, "name"]) for at in (seen[options.name], index))
            raise RulesInvalid(
                f"{name}, line {second}: two rules are named {options.name!r} (the first on line {first}); rename one"
            )
        seen[options.name] = index


def _hash(meaning: Any) -> str:
    return hashlib.sha256(orjson.dumps(meaning, option=orjson.OPT_SORT_KEYS)).hexdigest()[:8]
