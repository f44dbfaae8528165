"""Label schemes as data: the TOML files in `label_schemes/`, or one of the user's own."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from models.errors import SchemeInvalid
from models.labels import Scheme

SCHEMES = Path(__file__).parent / "label_schemes"


def scheme_names() -> list[str]:
    return sorted(path.stem for path in SCHEMES.glob("*.toml"))


@cache
def scheme(name: str) -> Scheme:
    """A shipped scheme by its name, or the user's own by the path of its TOML file.

    >>> scheme("goemotions").canonical(["annoyance", "anger", "neutral"])
    'anger'
    >>> scheme("goemotions").canonical(["joy", "sadness"]) is None
    True
    """
    path = Path(name) if name.endswith(".toml") else SCHEMES / f"{name}.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return _scheme(path.stem, document)
    except FileNotFoundError as error:
        known = ", ".join(scheme_names())
        raise SchemeInvalid(f"There is no label scheme {name!r}: use one of {known}, or a TOML file.") from error
    except OSError as error:
        raise SchemeInvalid(f"{path} cannot be read ({error.strerror}): name a label scheme's TOML file.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SchemeInvalid(f"{path} is no label scheme ({error}): compare it with {SCHEMES}.") from error


def _scheme(name: str, document: Mapping[str, Any]) -> Scheme:
    return Scheme(
        name=name,
        labels=tuple(document["labels"]),
        mapping=_inverted(document["canonical"]),
        multi=bool(document.get("multi", False)),
        sources={source: _inverted(groups) for source, groups in document.get("from", {}).items()},
        aliases=document.get("aliases", {}),
    )


def _inverted(groups: Mapping[str, list[str]]) -> dict[str, str]:
    """From "what it becomes = [labels]" to label → what it becomes."""
    return {label: target for target, labels in groups.items() for label in labels}
