"""A mix of the seven emotions, as somebody writes it, and how close two mixes are."""

import math
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.errors import DataUnusable
from models.labels import EMOTIONS

Floats = npt.NDArray[np.float64]

_PAIR = re.compile(r"^\s*[^\W\d_]+\s*=\s*[^\s=]*\s*$")
_NAMED = re.compile(rf"\b(?:{'|'.join(EMOTIONS)})\s*=", re.IGNORECASE)
_SEVEN = ", ".join(EMOTIONS)


def looks_like_mix(text: str) -> bool:
    """Whether every part between commas is `word=value`, or one of the seven emotions is followed by `=`.

    >>> looks_like_mix("sadness=.7, joy=.1"), looks_like_mix("grief=1"), looks_like_mix("I am sad, so sad")
    (True, True, False)
    """
    text = unicodedata.normalize("NFKC", text)
    return bool(_NAMED.search(text)) or all(_PAIR.match(part) for part in text.split(","))


def mix(text: str) -> Floats:
    """`sadness=.7,joy=.1` as shares of the seven that add up to 1; emotions that are not named are 0.

    >>> mix("sadness=3, joy=1").tolist()
    [0.75, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    values: dict[str, float] = {}
    for part in unicodedata.normalize("NFKC", text).split(","):
        name, _equals, value = (piece.strip() for piece in part.partition("="))
        emotion = emotion_named(name)
        if emotion in values:
            raise DataUnusable(f"The emotion {emotion} is given twice: give each once.")
        values[emotion] = _amount(emotion, value)
    return scaled([values.get(emotion, 0.0) for emotion in EMOTIONS])


def emotion_named(name: str) -> str:
    """One of the seven; raises `DataUnusable` for any other."""
    if name.casefold() not in EMOTIONS:
        raise DataUnusable(f"There is no emotion {name[:40]!r}: use {_SEVEN}.")
    return name.casefold()


def scaled(amounts: Sequence[float]) -> Floats:
    """Amounts as shares that add up to 1."""
    found = np.array(amounts, dtype=np.float64)
    if not found.any():
        raise DataUnusable(f"All emotions are 0: give at least one of {_SEVEN} a number above 0.")
    found /= found.max()  # first, so that the sum of large numbers is finite
    shares: Floats = found / found.sum()
    return shares


def _amount(emotion: str, value: str) -> float:
    try:
        amount = float(value)
    except ValueError:
        amount = math.nan
    if not (math.isfinite(amount) and amount >= 0):
        raise DataUnusable(f"The emotion {emotion} is {value or 'nothing'}: give a number of at least 0, such as 0.7.")
    return amount


def closeness(rows: Floats, person: Floats) -> Floats:
    """(items,): the cosine of each row of emotions to the person's; NaN where a row is unknown."""
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(person)
    with np.errstate(invalid="ignore"):
        return np.minimum(rows @ person / lengths, 1.0)  # type: ignore[no-any-return]
