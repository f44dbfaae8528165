"""What posts of each language usually score: a versioned snapshot of the population, fitted by a command."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alerts.errors import RulesInvalid
from models.labels import EMOTIONS

ANY = "any"  # for languages that have no numbers of their own
SHIPPED = "priors.toml"
REFERENCE = "en"
MOST_GAIN = 2.5  # beyond it, noise would be stretched more than feeling


class Prior(BaseModel):
    """One emotion in one language. `posts`: how many of a person's posts say as much as the population does."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    mean: float = Field(gt=0, lt=1, allow_inf_nan=False)
    between: float = Field(ge=0, lt=1, allow_inf_nan=False, description="spread of people's own means")
    posts: float = Field(ge=1, allow_inf_nan=False)
    contrast: float = Field(default=1, gt=0, le=1, allow_inf_nan=False, description="1: every score is 0 or 1")


class Priors(BaseModel):
    """A snapshot: language → emotion → prior.

    >>> sorted(shipped_priors().means("sadness")) == sorted(shipped_priors().languages)
    True
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    fitted: str = Field(default="", description="from what, for people to read")
    languages: dict[str, dict[str, Prior]]

    @cached_property
    def version(self) -> str:
        meaning = self.model_dump(mode="json", exclude={"fitted"})
        return hashlib.sha256(orjson.dumps(meaning, option=orjson.OPT_SORT_KEYS)).hexdigest()[:8]

    def means(self, emotion: str) -> dict[str, float]:
        """The usual mean score of an emotion by language."""
        return {language: priors[emotion].mean for language, priors in self.languages.items() if emotion in priors}

    def gains(self, emotion: str) -> dict[str, float]:
        """How many times scores of each language are stretched, so that a threshold means the same in all.

        A model that is less sure moves less between a sad post and another; thresholds were found on English.
        """
        reference = shipped_priors().languages[REFERENCE]
        return {
            language: round(min(max(reference[emotion].contrast / priors[emotion].contrast, 1.0), MOST_GAIN), 3)
            for language, priors in self.languages.items()
            if emotion in priors
        }


@cache
def shipped_priors() -> Priors:
    return parse_priors(files("alerts").joinpath(SHIPPED).read_text(encoding="utf-8"), SHIPPED)


def load_priors(path: Path) -> Priors:
    """A snapshot that `tideline fit-priors` wrote; raises `RulesInvalid` where it cannot be used."""
    try:
        return parse_priors(path.read_text(encoding="utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise RulesInvalid(f"{path} cannot be read: name a file that `tideline fit-priors` wrote") from error


def parse_priors(text: str, name: str) -> Priors:
    try:
        found = Priors.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise RulesInvalid(f"{name} holds no usable priors: write it again with `tideline fit-priors`") from error
    if missing := [name for name in EMOTIONS if name not in found.languages.get(ANY, {})]:
        raise RulesInvalid(f"{name} has no prior for {missing[0]} in [languages.{ANY}]: run `tideline fit-priors`")
    return found
