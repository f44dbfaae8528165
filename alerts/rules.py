"""The rules file: read, checked with line numbers, and given a version that follows its meaning."""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, get_args

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alerts.errors import RulesInvalid
from alerts.null import Null, null_of
from alerts.priors import Priors, load_priors
from alerts.registry import LAYOUTS, Detector, Options, detector_of
from alerts.rule_faults import Fault, faults_of, twins_of
from alerts.toml_lines import line_of

SHIPPED = "rules.toml"
ONLY_ABOUT_SENDING = {"shadow", "fdr"}  # what a rule finds and remembers does not depend on them


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    priors: str | None = Field(default=None, description="a snapshot by `tideline fit-priors`, beside this file")
    rules: list[Annotated[Options, Field(discriminator="detector")]] = Field(min_length=1)


@dataclass(frozen=True)
class Rule:
    """One rule as it runs. `version` changes with any number that decides, and with its detector's arithmetic.

    Whether it is on trial (`shadow`) decides nothing: a rule that is put to work keeps what it learned.
    """

    options: Options

    @cached_property
    def version(self) -> str:
        meaning = self.options.model_dump(mode="json", exclude=ONLY_ABOUT_SENDING)
        return _hash(meaning | {"layout": LAYOUTS[self.options.detector]})

    @cached_property
    def key(self) -> str:
        """The name of its state: another version starts from nothing."""
        return f"{self.options.name}@{self.version}"

    @cached_property
    def null(self) -> Null | None:
        """What chance alone does to it, where that was measured."""
        return null_of(self.options.detector, self.options.emotion)

    @cached_property
    def floor(self) -> float:
        """From this statistic on a day's discovery control wants to know."""
        return self.null.floor if self.null else math.inf

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
        """Of the file as a whole; here it also counts what is on trial."""
        return _hash(sorted([rule.key, *_sending(rule.options)] for rule in self.all))

    @cached_property
    def person(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.all if rule.options.subject == "person")

    @cached_property
    def channel(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.all if rule.options.subject == "channel")

    @cached_property
    def community(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.all if rule.options.subject == "community")


def load_rules(path: Path | None) -> Rules:
    """The rules in a file, or the shipped ones; raises `RulesInvalid` with the file and line."""
    name, text = _read(path)
    return parse_rules(text, name, path.parent if path else Path())


def parse_rules(text: str, name: str = SHIPPED, folder: Path = Path()) -> Rules:
    """Check the text of a rules file; the error holds every fault, not only the first.

    `folder` is where the snapshot lies that the file may name with `priors`.
    """
    try:
        given = tomllib.loads(text)
        checked = _File.model_validate(given | _with_priors(given, name, text, folder), strict=True)
    except tomllib.TOMLDecodeError as error:
        raise RulesInvalid.of(name, [_not_toml(error, text)]) from error
    except ValidationError as error:
        raise RulesInvalid.of(name, faults_of(error.errors(include_url=False), text, _kinds())) from error
    if twins := list(twins_of([options.name for options in checked.rules], text)):
        raise RulesInvalid.of(name, twins)
    return Rules(tuple(Rule(options) for options in checked.rules))


def _with_priors(given: dict[str, Any], name: str, text: str, folder: Path) -> dict[str, Any]:
    """Trend rules that name no prior of their own take the numbers of the file's snapshot."""
    if not (isinstance(given.get("priors"), str) and isinstance(given.get("rules"), list)):
        return {}
    try:
        snapshot = load_priors(folder / given["priors"])
    except RulesInvalid as error:
        raise RulesInvalid.of(name, [Fault(line_of(text, ["priors"]), "priors", str(error))]) from error
    return {"rules": [_with_prior(rule, snapshot) for rule in given["rules"]]}


def _with_prior(rule: Any, snapshot: Priors) -> Any:
    if not isinstance(rule, dict) or rule.get("detector") != "trend" or {"prior", "priors"} & rule.keys():
        return rule
    emotion = str(rule.get("emotion"))
    return rule | {"priors": snapshot.means(emotion), "gains": snapshot.gains(emotion)}


def _kinds() -> dict[str, type[BaseModel]]:
    """Each detector's name with the model of its rules."""
    return {model.model_fields["detector"].default: model for model in get_args(Options)}


def _read(path: Path | None) -> tuple[str, str]:
    if path is None:
        return SHIPPED, files("alerts").joinpath(SHIPPED).read_text(encoding="utf-8")
    try:
        return str(path), path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise RulesInvalid(
            f"the rules file {path} cannot be read ({why}): correct its path (TIDELINE_RULES, where it came from "
            "there), or unset it to have the shipped rules"
        ) from error


def _not_toml(error: tomllib.TOMLDecodeError, text: str) -> Fault:
    """The parser tells the line inside its sentence, or that the file ended."""
    said = str(error)
    found = re.search(r" \(at line (\d+), column \d+\)$", said)
    line = int(found.group(1)) if found else max(1, text.count("\n") + (not text.endswith("\n")))
    return Fault(line, "file", f"it is not valid TOML ({said}); correct it and try again")


def _sending(options: Options) -> list[str]:
    return [f"{name}={getattr(options, name)}" for name in sorted(ONLY_ABOUT_SENDING) if getattr(options, name)]


def _hash(meaning: Any) -> str:
    return hashlib.sha256(orjson.dumps(meaning, option=orjson.OPT_SORT_KEYS)).hexdigest()[:8]
