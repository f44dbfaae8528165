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

_WORD = r"[^\W\d_]{0,20}"
"""Nothing, or one short word: all that a sentence repeats of what somebody wrote, who may have meant a text."""

_PART = re.compile(rf"{_WORD}(?:\s*=\s*[^\s=]*)?")
_CERTAIN = re.compile(rf"(?:{'|'.join(EMOTIONS)})\s*=\s*[-+.\d]", re.IGNORECASE)
_SEVEN = ", ".join(EMOTIONS)


def looks_like_mix(text: str) -> bool:
    """Whether every part between commas is `word=value`, or one begins with an emotion, `=` and a number.

    >>> looks_like_mix("sadness=.7, joy=.1"), looks_like_mix("grief=1"), looks_like_mix("sadness=.7, a bit of joy")
    (True, True, True)
    >>> looks_like_mix("I am sad, so sad"), looks_like_mix("all this sadness = too much")
    (False, False)
    """
    parts = _parts(text)
    return any(map(_CERTAIN.match, parts)) or ("=" in "".join(parts) and all(map(_PART.fullmatch, parts)))


def mix(text: str) -> Floats:
    """`sadness=.7,joy=.1` as shares of the seven that add up to 1; emotions that are not named are 0.

    >>> mix("sadness=3, joy=1").tolist()
    [0.75, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    values: dict[str, float] = {}
    for part in _parts(text):
        name, _equals, value = (piece.strip() for piece in part.partition("="))
        emotion = emotion_named(name)
        if emotion in values:
            raise DataUnusable(f"The emotion {emotion} is given twice: give each once.")
        values[emotion] = _amount(emotion, value)
    return scaled([values.get(emotion, 0.0) for emotion in EMOTIONS])


def _parts(text: str) -> list[str]:
    return [part.strip() for part in unicodedata.normalize("NFKC", text).split(",")]


def emotion_named(name: str) -> str:
    """One of the seven; raises `DataUnusable` for any other, and repeats it only when it is one short word."""
    if name.casefold() in EMOTIONS:
        return name.casefold()
    if re.fullmatch(_WORD, name):
        raise DataUnusable(f"There is no emotion {name!r}: use {_SEVEN}.")
    raise DataUnusable(f"A part of the mix names no single emotion: write sadness=.7,joy=.1 and the like, of {_SEVEN}.")


def scaled(amounts: Sequence[float]) -> Floats:
    """Amounts as shares that add up to 1."""
    found = np.array(amounts, dtype=np.float64)
    if not found.any():
        raise DataUnusable(f"All emotions are 0: give at least one of {_SEVEN} a number above 0.")
    found /= found.max()  # first, so that the sum of large numbers is finite
    shares: Floats = found / found.sum()
    return shares


def _amount(emotion: str, value: str) -> float:
    """What is no number is not repeated: it may be the rest of a sentence."""
    try:
        amount = float(value)
    except ValueError:
        what = "no number" if value else "nothing"
        raise DataUnusable(f"The emotion {emotion} is {what}: give one of at least 0, such as 0.7.") from None
    if not (math.isfinite(amount) and amount >= 0):
        raise DataUnusable(f"The emotion {emotion} is {amount:g}: give a number of at least 0, such as 0.7.")
    return amount


def closeness(rows: Floats, person: Floats) -> Floats:
    """(items,): the cosine of each row of emotions to the person's; NaN where a row is unknown."""
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(person)
    with np.errstate(invalid="ignore"):
        return np.minimum(rows @ person / lengths, 1.0)  # type: ignore[no-any-return]
