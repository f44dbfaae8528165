"""What speaks for a choice, in words: genres, rare words and emotions that both sides share."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.labels import EMOTIONS
from models.recommend.choose import Choice
from models.recommend.items import Item, genre_key
from models.recommend.similarity import Similarity

_MOST = 3
_PLAIN = 0.1
"""From this share on, on both sides, an emotion is named."""


@dataclass(frozen=True)
class Why:
    """Each may be empty."""

    genres: tuple[str, ...]
    words: tuple[str, ...]
    emotions: tuple[str, ...]


def why(liked: Item | None, choice: Choice, similarity: Similarity, person: Sequence[float]) -> Why:
    """Words are those that a liked item shares: a person's own text is not repeated."""
    emotions = common(person, choice.emotions)
    if liked is None:
        return Why((), (), emotions)
    return Why(_genres(liked, choice.item), similarity.shared(liked.lyrics, choice.item.lyrics)[:_MOST], emotions)


def _genres(liked: Item, item: Item) -> tuple[str, ...]:
    known = {genre_key(genre) for genre in liked.genres}
    return tuple(genre for genre in item.genres if genre_key(genre) in known)


def common(person: Sequence[float], item: Sequence[float] | None) -> tuple[str, ...]:
    """The emotions that both show plainly, the strongest first.

    >>> common((0.7, 0, 0, 0.2, 0, 0, 0.1), (0.5, 0.1, 0, 0.3, 0.05, 0, 0.05))
    ('sadness', 'anger')
    """
    both = sorted(((min(pair), -at) for at, pair in enumerate(zip(person, item or (), strict=False))), reverse=True)
    return tuple(EMOTIONS[-at] for share, at in both if share >= _PLAIN)[:_MOST]
