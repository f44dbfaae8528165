"""The words Tideline uses for feelings. Anybody may import this module; it imports nothing of ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

EMOTIONS: tuple[str, ...] = ("sadness", "joy", "love", "anger", "fear", "surprise", "neutral")
"""The seven canonical emotions, in the order in which every score vector is stored."""

Floats = npt.NDArray[np.float64]

_ALMOST_SURE = 1 - 1e-9


@dataclass(frozen=True)
class Scheme:
    """The labels of one data set, in its own order, and what each of them means elsewhere.

    `mapping` leads from each label to one of the canonical seven. `multi` says that a row may carry several
    labels, so that a model answers yes or no to each. `sources` says, for other schemes' data, which of their
    labels become which of these; `aliases` are other spellings of a label in files (numbers, mostly).
    The schemes that ship are data: `models/label_schemes/*.toml`, read by `models.schemes.scheme`.
    """

    name: str
    labels: tuple[str, ...]
    mapping: Mapping[str, str]
    multi: bool = False
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(set(self.labels)) != len(self.labels):
            raise ValueError(f"Scheme {self.name!r} names a label twice.")
        if set(self.mapping) != set(self.labels) or not set(self.mapping.values()) <= set(EMOTIONS):
            raise ValueError(f"Scheme {self.name!r} must map each of its labels to one of {EMOTIONS}.")
        targets = {label for source in self.sources.values() for label in source.values()}
        if not targets | set(self.aliases.values()) <= set(self.labels):
            raise ValueError(f"Scheme {self.name!r} leads to labels that it does not have.")

    def canonical(self, labels: Iterable[str]) -> str | None:
        """The one emotion that a row with these labels shows; None when it shows several.

        Neutral beside a feeling is dropped: raters who saw nothing do not outvote those who saw something.
        """
        return only({self.mapping[label] for label in labels})

    def matrix(self) -> Floats:
        """(labels, 7): which label's chance goes to which emotion."""
        matrix = np.zeros((len(self.labels), len(EMOTIONS)))
        for row, label in enumerate(self.labels):
            matrix[row, EMOTIONS.index(self.mapping[label])] = 1
        return matrix

    def fold(self, chances: Floats) -> Floats:
        """Chances (texts, labels) as shares of the seven emotions (texts, 7).

        Labels that exclude each other add up. Of labels that do not, an emotion gets its strongest, and its share
        is the chance that it is the one that is shown, if just one is: the odds of the seven, scaled to sum to one.
        Where all are zero, that is neutral.
        """
        if not self.multi:
            return chances @ self.matrix()
        belongs = self.matrix().T[None, :, :]  # (1, 7, labels)
        strongest = (chances[:, None, :] * belongs).max(axis=2)  # (texts, 7)
        strongest[strongest.sum(axis=1) == 0, EMOTIONS.index("neutral")] = 1.0
        odds = strongest / (1 - np.minimum(strongest, _ALMOST_SURE))
        return odds / odds.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def only(found: set[str]) -> str | None:
    """The single member, `neutral` left aside where there are others; None when several remain."""
    felt = found - {"neutral"} or found
    return next(iter(felt)) if len(felt) == 1 else None
