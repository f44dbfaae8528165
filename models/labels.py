"""The words Tideline uses for feelings. Anybody may import this module; it imports nothing of ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

EMOTIONS: tuple[str, ...] = ("sadness", "joy", "love", "anger", "fear", "surprise", "neutral")
"""The seven canonical emotions, in the order in which every score vector is stored."""


@dataclass(frozen=True)
class Scheme:
    """The labels of one data set, in its own order, and what each of them means in the canonical seven.

    >>> GOEMOTIONS.canonical(["annoyance", "anger", "neutral"])
    'anger'
    >>> GOEMOTIONS.canonical(["joy", "sadness"]) is None
    True
    """

    name: str
    labels: tuple[str, ...]
    mapping: Mapping[str, str]

    def __post_init__(self) -> None:
        if set(self.mapping) != set(self.labels) or not set(self.mapping.values()) <= set(EMOTIONS):
            raise ValueError(f"Scheme {self.name!r} must map each of its labels to one of {EMOTIONS}.")

    def canonical(self, labels: Iterable[str]) -> str | None:
        """The one emotion that a row with these labels shows; None when it shows several.

        Neutral beside a feeling is dropped: raters who saw nothing do not outvote those who saw something.
        """
        found = {self.mapping[label] for label in labels}
        felt = found - {"neutral"} or found
        return felt.pop() if len(felt) == 1 else None


def _inverted(groups: Mapping[str, str]) -> dict[str, str]:
    return {label: emotion for emotion, labels in groups.items() for label in labels.split()}


CANONICAL = Scheme("canonical", EMOTIONS, {emotion: emotion for emotion in EMOTIONS})
"""What the streaming models answer in: the seven themselves."""

_DAIR = ("sadness", "joy", "love", "anger", "fear", "surprise")

DAIR = Scheme("dair", _DAIR, {label: label for label in _DAIR})
"""dair-ai/emotion: six feelings, numbered 0 to 5 in this order; it has no neutral."""

_GOEMOTIONS = (
    "admiration amusement anger annoyance approval caring confusion curiosity desire disappointment "
    "disapproval disgust embarrassment excitement fear gratitude grief joy love nervousness optimism pride "
    "realization relief remorse sadness surprise neutral"
)

GOEMOTIONS = Scheme(
    "goemotions",
    tuple(_GOEMOTIONS.split()),
    _inverted(
        {
            "sadness": "sadness disappointment embarrassment grief remorse",
            "joy": "joy admiration amusement approval desire excitement gratitude optimism pride relief",
            "love": "love caring",
            "anger": "anger annoyance disapproval disgust",
            "fear": "fear nervousness",
            "surprise": "surprise realization confusion curiosity",
            "neutral": "neutral",
        }
    ),
)
"""GoEmotions: 27 emotions and neutral, multi-label, numbered 0 to 27 in this order."""

SCHEMES: Mapping[str, Scheme] = {scheme.name: scheme for scheme in (CANONICAL, DAIR, GOEMOTIONS)}
