"""What can be chosen about a linear model."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from models.errors import TrainingFailed

T = TypeVar("T")

ANALYZERS = ("word", "char", "char_wb")
_OWN_DEFAULTS: dict[str, dict[str, Any]] = {"logistic": {"C": 10.0}, "svm": {"C": 0.5}}


@dataclass(frozen=True)
class LinearOptions:
    """`analyzer`: n-grams of words, of characters, or of characters inside words (char_wb).

    An n-gram is kept when at least `minimum` texts have it; of those, only the `limit` most frequent (0: all).
    `sublinear`: an n-gram that occurs ten times counts 1 + ln 10. `C`: how little a logistic regression or an SVM
    is held back. `alpha` and `complement` are for naive Bayes: the counts added to unseen n-grams, and learning
    each label from the texts that do not have it, which suits labels of unequal size.
    """

    analyzer: str = "word"
    ngrams: tuple[int, int] = (1, 2)
    minimum: int = 2
    limit: int = 0
    sublinear: bool = True
    C: float = 1.0
    alpha: float = 1.0
    complement: bool = True

    def __post_init__(self) -> None:
        if self.analyzer not in ANALYZERS:
            raise ValueError(f"analyzer must be one of {', '.join(ANALYZERS)}")
        if len(self.ngrams) != 2 or not 1 <= self.ngrams[0] <= self.ngrams[1] <= 8:
            raise ValueError("ngrams must be the shortest and the longest, from 1 to 8")
        if self.minimum < 1 or self.limit < 0:
            raise ValueError("minimum must be at least 1 and limit at least 0")
        if not (self.C > 0 and self.alpha > 0):
            raise ValueError("C and alpha must be above 0")


def linear_options(kind: str, given: Mapping[str, Any]) -> LinearOptions:
    """The given ones over the kind's own defaults.

    >>> linear_options("logistic", {"ngrams": [1, 3]}).ngrams
    (1, 3)
    """
    ngrams = {"ngrams": tuple(given["ngrams"])} if isinstance(given.get("ngrams"), list) else {}
    return chosen(LinearOptions, kind, {**_OWN_DEFAULTS.get(kind, {}), **given, **ngrams})


def chosen(options: type[T], kind: str, given: Mapping[str, Any]) -> T:
    """An options object, or one sentence saying which of those given is wrong."""
    known = [field.name for field in dataclasses.fields(options)]  # type: ignore[arg-type]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise TrainingFailed(f"{kind!r} has no option {', '.join(unknown)}: use {', '.join(known)}.")
    try:
        return options(**given)
    except (TypeError, ValueError) as error:
        raise TrainingFailed(f"The options of {kind!r} do not fit ({error}): correct them.") from error
