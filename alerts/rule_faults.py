"""What is wrong with a rules file, in words: each fault with its line and what to do about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

from alerts.toml_lines import line_of

Error = Mapping[str, Any]  # of pydantic: type, loc, msg, input, ctx
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
_KINDS = {
    "float": "a number such as 2.5, without quotes",
    "int": "a whole number, without quotes",
    "bool": "true or false, without quotes",
    "string": 'a text in quotes, such as "fear"',
    "list": "a list of [[rules]] blocks",
    "model_attributes": "a [[rules]] block",
    "dict": "a [[rules]] block",
}


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong."""

    line: int
    field: str
    says: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field}: {self.says}"


def faults_of(errors: Sequence[Error], text: str, kinds: Mapping[str, type[BaseModel]]) -> list[Fault]:
    """Every fault, in the order of the file. `kinds` maps a detector's name to the model of its rules."""
    return sorted(_fault(error, text, kinds) for error in errors)


def _fault(error: Error, text: str, kinds: Mapping[str, type[BaseModel]]) -> Fault:
    detector = next((part for part in error["loc"][2:3] if part in kinds), None)
    path = [part for place, part in enumerate(error["loc"]) if place != 2 or part not in kinds]
    if error["type"].startswith("union_tag"):
        path.append("detector")
    field = path[-1] if isinstance(path[-1], str) else "rule"
    return Fault(line_of(text, path), field, _says(error, field, detector, kinds))


def _says(error: Error, field: str, detector: str | None, kinds: Mapping[str, type[BaseModel]]) -> str:
    kind, given = error["type"], error.get("input")
    if kind == "union_tag_invalid":
        return f"there is no such detector{_near(error['ctx']['tag'], kinds)}; use one of {', '.join(kinds)}"
    if kind == "union_tag_not_found":
        return f"a rule needs a detector: one of {', '.join(kinds)}"
    if kind == "extra_forbidden":
        return _no_such_key(field, detector, kinds)
    if kind == "missing":
        return "there are no rules: write at least one [[rules]] block" if field == "rules" else _missing(detector)
    if kind == "too_short":
        return "there are no rules: write at least one [[rules]] block"
    if kind == "literal_error":
        return _not_one_of(field, given, detector, str(error["ctx"]["expected"]))
    return _not_in_range(kind, error, given)


def _no_such_key(field: str, detector: str | None, kinds: Mapping[str, type[BaseModel]]) -> str:
    if detector is None:
        return f"a rules file has [[rules]] blocks and nothing else; correct or remove {field!r}"
    known = [name for name in kinds[detector].model_fields if name != "detector"]
    owners = [name for name, model in kinds.items() if field in model.model_fields]
    whose = f" (it belongs to {' and '.join(owners)})" if owners else ""
    return f"a {detector} rule has no such key{_near(field, known)}{whose}; correct or remove it"


def _missing(detector: str | None) -> str:
    return f"a {detector} rule needs it and it is missing; add it" if detector else "it is missing; add it"


def _not_one_of(field: str, given: Any, detector: str | None, expected: str) -> str:
    allowed = expected.replace("'", '"')
    if field == "subject" and given in ("person", "channel", "community"):
        return f"a {detector} rule is not for a {given}; write {allowed}, or take another detector"
    return f"{_shown(given)} is not known; write {allowed}"


def _not_in_range(kind: str, error: Error, given: Any) -> str:
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"it must be {words} {error['ctx'][name]:g}, not {_shown(given)}; correct it"
    if kind == "finite_number":
        return f"it must be an ordinary number, not {_shown(given)}; correct it"
    if kind == "string_pattern_mismatch":
        return f"{_shown(given)} is no good name; use small letters, digits and single hyphens, such as fear-trend"
    if kind == "string_too_long":
        return f"it is longer than {error['ctx']['max_length']} characters; shorten it"
    wanted = _KINDS.get(kind.removesuffix("_type").removesuffix("_parsing").removesuffix("_from_float"))
    if wanted:
        return f"it must be {wanted}, not {_shown(given)}; correct it"
    return str(error["msg"]).removeprefix("Value error, ")


def _near(given: Any, known: Sequence[str] | Mapping[str, Any]) -> str:
    found = get_close_matches(str(given).lower().replace("_", "-") if "-" in "".join(known) else str(given), known, 1)
    return f"; did you mean {found[0]!r}?" if found else ""


def _shown(given: Any) -> str:
    """What stands in the file, cut short."""
    if isinstance(given, bool):
        return str(given).lower()
    shown = f"{given:g}" if isinstance(given, float) else repr(given)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."


def twins_of(names: Sequence[str], text: str) -> Iterator[Fault]:
    """Rules that bear a name twice; alerts could not be told apart."""
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in seen:
            first, second = (line_of(text, ["rules", at, "name"]) for at in (seen[name], index))
            yield Fault(second, "name", f"two rules are named {name!r} (the first on line {first}); rename one")
        seen.setdefault(name, index)
