"""From what each labeller said to one label for each post."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from models.labelling.consensus import Agreed, consensus
from models.labelling.judgements import Judgement
from models.labels import EMOTIONS
from models.retraining.items import Item, Judged

SURE_ENOUGH = 0.6
"""Labels less likely to be right than this are not learned from."""


class Settled(NamedTuple):
    """The posts with a label, why the others have none, and how much each labeller was believed."""

    items: list[Item]
    lost: Counter[str]
    weights: dict[str, float]


def settled(
    posts: Sequence[Judged], golden: Mapping[str, str], *, weighted: bool = True, least: float = SURE_ENOUGH
) -> Settled:
    """Each post with the label its judges agree on. `weighted` False counts all labellers alike, golden items too."""
    said = [one for post in posts for one in post.judgements if one.label in EMOTIONS]
    agreed, weights = _weighed(said, golden) if weighted else _counted(said)
    lost: Counter[str] = Counter()
    items = []
    for post in posts:
        if fate := _fate(post, agreed, least):
            lost[fate] += 1
        else:
            items.append(Item(*post[:5], *agreed[post.key]))
    return Settled(items, lost, weights)


def _fate(post: Judged, agreed: Mapping[str, Agreed], least: float) -> str | None:
    if not any(one.label in EMOTIONS for one in post.judgements):
        return "unsure or skipped"
    if post.key not in agreed:
        return "no trusted labeller"
    return "labellers disagree" if agreed[post.key].confidence < least else None


def _weighed(said: Sequence[Judgement], golden: Mapping[str, str]) -> tuple[Mapping[str, Agreed], dict[str, float]]:
    found = consensus(said, golden)
    return found.labels, found.weights


def _counted(said: Sequence[Judgement]) -> tuple[Mapping[str, Agreed], dict[str, float]]:
    """The most frequent label; of equally frequent ones the first in the order of the emotions."""
    voices: dict[str, Counter[str]] = defaultdict(Counter)
    for item, _, label in sorted(set(said)):
        voices[item][label] += 1
    agreed = {item: Agreed(*_most(votes)) for item, votes in voices.items()}
    return agreed, {one.labeller: 1.0 for one in said}


def _most(votes: Counter[str]) -> tuple[str, float]:
    label = min(votes, key=lambda label: (-votes[label], EMOTIONS.index(label)))
    return label, votes[label] / votes.total()
