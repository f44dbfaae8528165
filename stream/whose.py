"""The emotions that a recommendation is for: a mix as written, a person's latest, or those of a text."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import click
import numpy as np
import numpy.typing as npt

from models.errors import DataUnusable
from models.labels import EMOTIONS
from models.recommend.feeling import looks_like_mix, mix, scaled
from models.recommend.lyrics import emotions_of
from stream.lyric_lines import RoutedLines
from stream.settings import Settings

Floats = npt.NDArray[np.float64]
Kind = Literal["emotions", "person", "text"]

STDIN = "-"
_PSEUDONYM = re.compile(r"^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$", re.IGNORECASE)


@dataclass(frozen=True)
class Whose:
    """`text` is kept for comparing words with resources, and shown nowhere; `told` is what may be shown."""

    kind: Kind
    shares: Floats
    told: dict[str, Any] = field(default_factory=dict)
    text: str | None = field(default=None, repr=False)


def kind_of(asked: str) -> Kind:
    """`-` is a text; what is written like a mix is one; what is written like a pseudonym is a person; else a text.

    >>> kind_of("sadness=.7"), kind_of("8f14e45f-ceea-467f-ab41-1d2c3e4f5a6b"), kind_of("I feel low"), kind_of("-")
    ('emotions', 'person', 'text', 'text')
    """
    if asked.strip() == STDIN:
        return "text"
    if looks_like_mix(asked):
        return "emotions"
    return "person" if _PSEUDONYM.match(asked.strip()) else "text"


def whose(asked: str, settings: Settings, lines: RoutedLines, days: int) -> Whose:
    kind = kind_of(asked)
    if kind == "emotions":
        return Whose(kind, mix(asked))
    if kind == "person":
        return _person(asked, settings, days)
    text = click.get_text_stream("stdin").read() if asked.strip() == STDIN else asked
    return _text(text, lines)


def _text(text: str, lines: RoutedLines) -> Whose:
    """Scored here and now, kept nowhere."""
    if not text.strip():
        raise DataUnusable("The text of --emotion-of is empty: write some words, or a mix such as 'sadness=.7,joy=.1'.")
    (shares,) = emotions_of([text], lines)
    if np.isnan(shares).any():
        read = ", ".join(sorted(lines.versions))
        raise DataUnusable(
            f"The text of --emotion-of has no words in a language that is read here ({read}): "
            "give a mix such as 'sadness=.7,joy=.1' instead."
        )
    return Whose("text", shares, text=text)


def _person(asked: str, settings: Settings, days: int) -> Whose:
    """The mean over the posts of the last days in which the person wrote at all."""
    import uuid

    from storage.database import transaction
    from storage.people import opted_out
    from storage.series import person_series
    from stream.wiring import open_engine

    person = str(uuid.UUID(asked.strip()))
    engine = open_engine(settings)
    with transaction(engine) as connection:
        refused = person in opted_out(connection, [person])
        rows = [] if refused else person_series(connection, person)
    engine.dispose()
    if refused:
        raise DataUnusable(f"The person {person} asked not to be read: give a mix such as 'sadness=.7,joy=.1' instead.")
    if not rows:
        raise DataUnusable(
            f"No scored post of a person {person} is stored: see `tideline people pseudonym`, or give a text or a mix."
        )
    recent = [row for row in rows if row.start > rows[-1].start - timedelta(days=days)]
    posts = sum(row.posts for row in recent)
    sums = np.array([row.means for row in recent]).T @ np.array([row.posts for row in recent])
    told = {"person": person, "posts": posts, "first": recent[0].start.date(), "last": recent[-1].start.date()}
    return Whose("person", scaled(list(sums / posts)), told)


def named(shares: "Floats | tuple[float, ...]") -> dict[str, float]:
    """By emotion, to three digits."""
    return {emotion: round(float(share), 3) for emotion, share in zip(EMOTIONS, shares, strict=True)}
