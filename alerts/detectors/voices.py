"""Who speaks in a period, so that a crowd can be told from one loud person."""

from collections import Counter
from collections.abc import Container, Iterable
from typing import NamedTuple

from alerts.types import Observation


class Voices(NamedTuple):
    """What a period adds to decayed sums, and how much each of its posts counts in it."""

    weight: float
    squares: float
    mass: float
    each: list[float]


def voices(posts: tuple[Observation, ...], column: int, heard: Container[str] = (), again: float = 1.0) -> Voices:
    """One voice per person, with the mean of that person's posts: in a channel nobody speaks for two.

    Whoever was `heard` already counts only `again` of a voice.

    >>> from datetime import datetime
    >>> said = [("a", 900), ("a", 300), ("b", 0)]
    >>> posts = tuple(Observation("", person, datetime.min, (score,)) for person, score in said)
    >>> voices(posts, 0)
    Voices(weight=2.0, squares=2.0, mass=0.6, each=[0.5, 0.5, 1.0])
    >>> voices(posts, 0, heard={"a"}, again=0.5)
    Voices(weight=1.5, squares=1.25, mass=0.3, each=[0.25, 0.25, 1.0])
    """
    spoken = Counter(post.person for post in posts)
    whole = {person: again if person in heard else 1.0 for person in spoken}
    each = [whole[post.person] / spoken[post.person] for post in posts]
    mass = sum(post.scores[column] * weight for post, weight in zip(posts, each, strict=True)) / 1000.0
    return Voices(sum(whole.values()), sum(part * part for part in whole.values()), mass, each)


def posts_of_one(posts: tuple[Observation, ...], column: int, cap: float) -> Voices:
    """One voice per post, together no more than `cap`: an hour of shouting stays an hour."""
    count = len(posts)
    weight = 1.0 if count <= cap else cap / count
    mass = weight * sum([post.scores[column] for post in posts]) / 1000.0
    return Voices(weight * count, weight * weight * count, mass, [weight] * count)


class Crowd:
    """How many distinct people took part lately, in constant space.

    Only the `capacity` most recently seen are kept. Whoever was dropped had been silent for longer than all
    who were kept, so he has expired before any of them: the count is exact up to `capacity`, and no rule may
    ask for more than that.

    >>> crowd = Crowd(capacity=3, window=60)
    >>> for at, person in enumerate("abacd"):
    ...     crowd.see([person], at)
    >>> crowd.count(4), crowd.count(62)
    (3, 2)
    """

    __slots__ = ("_capacity", "_window", "people")

    def __init__(self, capacity: int, window: float, people: list[tuple[str, int]] | None = None) -> None:
        self._capacity = capacity
        self._window = window
        self.people: list[tuple[str, int]] = people or []  # least recently seen first

    def see(self, people: Iterable[str], at: int) -> None:
        """Note that these people took part at `at`, which never runs backwards."""
        self.people = self._with(people, at)

    def count(self, at: int) -> int:
        """How many were seen within the window before `at`."""
        return sum(at - seen < self._window for _, seen in self.people)

    def members(self, at: int) -> set[str]:
        """Who was seen within the window before `at`."""
        return {person for person, seen in self.people if at - seen < self._window}

    def count_with(self, people: Iterable[str], at: int) -> int:
        """How many it would be if these people took part as well."""
        return sum(at - seen < self._window for _, seen in self._with(people, at))

    def _with(self, people: Iterable[str], at: int) -> list[tuple[str, int]]:
        fresh = dict.fromkeys(people, at)
        kept = [each for each in self.people if each[0] not in fresh and at - each[1] < self._window]
        return [*kept, *fresh.items()][-self._capacity :]
