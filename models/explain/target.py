"""What is explained: the chance of the label that the model gives, in its own labels or in the seven emotions."""

from collections.abc import Callable
from dataclasses import dataclass

from models.labels import EMOTIONS, Floats, Scheme
from models.scores import Scores


@dataclass(frozen=True)
class Target:
    """`names` are the columns of `answer`, and `members[i]` the model's own labels that make up column i."""

    names: tuple[str, ...]
    answer: Callable[[Scores], Floats]
    members: tuple[tuple[int, ...], ...]


def own_target(scheme: Scheme) -> Target:
    return Target(scheme.labels, lambda scores: scores.own, tuple((at,) for at in range(len(scheme.labels))))


def canonical_target(scheme: Scheme) -> Target:
    mapped = [scheme.mapping[label] for label in scheme.labels]
    members = (tuple(at for at, emotion in enumerate(mapped) if emotion == wanted) for wanted in EMOTIONS)
    return Target(EMOTIONS, lambda scores: scores.emotions, tuple(members))
