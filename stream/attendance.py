"""Who was there: what one person's closed hour adds to the numbers of people that dashboards show.

Whether it is the person's first hour of the day, in all, in a channel, or under a model, is remembered in the person's
state as a day and a few short digests.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from storage.waiting import WaitingInHour

MANY = 32  # digests of one person's day; who writes in more channels is not counted among the people of those
Pairs = tuple[tuple[str, str], ...]


class Present(NamedTuple):
    """One person's hour. Everything in it counts one person; equal ones of several people are counted together."""

    hour: datetime
    partition: int
    first_today: bool  # the person's first hour of the day (UTC)
    channels: tuple[str, ...]
    new_channels: tuple[str, ...]  # in which it is the person's first of the day
    models: Pairs  # model and language
    new_models: Pairs  # as for channels
    abstained: Pairs  # language and reason


def attend(remembered: Sequence[int], posts: Sequence[WaitingInHour]) -> tuple[Present, list[int]]:
    """`remembered`: the day number and the digests of its channels and models, as the last call returned it.

    >>> hour = datetime(2026, 1, 1, 10, tzinfo=UTC)
    >>> post = WaitingInHour("p", hour, hour, "k", 0, None, 0, channel="square", model="m")
    >>> present, remembered = attend([], [post])
    >>> present.first_today, present.new_channels, present.abstained
    (True, ('square',), (('', 'no_text'),))
    >>> attend(remembered, [post])[0].new_channels
    ()
    """
    hour = posts[0].hour.astimezone(UTC)
    today = hour.toordinal()
    seen = remembered[1:] if remembered and remembered[0] == today else ()
    channels = tuple(sorted({post.channel or "" for post in posts}))
    models = tuple(sorted({(post.model, post.language or "") for post in posts if post.model}))
    new_channels = tuple([each for each in channels if _digest(each) not in seen][: max(MANY - len(seen), 0)])
    new_models = tuple([each for each in models if _digest(each) not in seen])
    abstained = tuple(sorted({_why(post) for post in posts if post.scores is None}))
    present = Present(hour, posts[0].partition, not seen, channels, new_channels, models, new_models, abstained)
    return present, [today, *seen, *map(_digest, new_models), *map(_digest, new_channels)]


@lru_cache(4096)
def _digest(name: str | tuple[str, str]) -> int:
    """Of a channel, or of a model and its language."""
    return crc32(repr(name).encode())


def _why(post: WaitingInHour) -> tuple[str, str]:
    """The language gate abstains where there is no text, and then knows no language; else for the language."""
    return (post.language or "", "language" if post.language else "no_text")
