"""How far two models agree about the same posts: pure arithmetic over sums."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models.labels import EMOTIONS
from storage.challenger_comparison import LanguageSums, Moments, Moved

MOVED_SHOWN = 10
MOVED_FEWEST = 10  # posts of a person


@dataclass(frozen=True)
class Agreement:
    """Of one language, or of all. Shares and means are 0 to 1; a shift is challenger less champion."""

    posts: int
    same: float  # share of posts with the same best label
    kappa: float  # beyond what chance would give; 1 where both only ever say one label
    shift: Mapping[str, float]
    correlation: Mapping[str, float | None]  # None where a side never varies
    mix: Mapping[str, tuple[float, float]]  # share of posts that a label leads: champion, challenger

    def as_dict(self) -> dict[str, Any]:
        return {
            "posts": self.posts,
            "same_label": self.same,
            "kappa": self.kappa,
            "shift": dict(self.shift),
            "correlation": dict(self.correlation),
            "mix": {name: {"champion": mine, "challenger": theirs} for name, (mine, theirs) in self.mix.items()},
        }


def agreement_of(sums: LanguageSums) -> Agreement:
    """
    >>> flat = (Moments(5, 5, 5, 5, 5),) * 7
    >>> found = agreement_of(LanguageSums(10, 2, flat, {(0, 0): 5, (1, 1): 4, (0, 1): 1}))
    >>> found.same, round(found.kappa, 2), found.shift["sadness"], found.mix["joy"]
    (0.9, 0.8, 0.0, (0.4, 0.5))
    """
    posts = sums.posts
    mine = [sum(n for (a, _), n in sums.best.items() if a == place) / posts for place in range(len(EMOTIONS))]
    theirs = [sum(n for (_, b), n in sums.best.items() if b == place) / posts for place in range(len(EMOTIONS))]
    same = sum(n for (a, b), n in sums.best.items() if a == b) / posts
    chance = sum(a * b for a, b in zip(mine, theirs, strict=True))
    named = list(zip(EMOTIONS, sums.moments, strict=True))
    return Agreement(
        posts=posts,
        same=same,
        kappa=(same - chance) / (1 - chance) if chance < 1 else 1.0,
        shift={name: (each.challenger - each.champion) / posts for name, each in named},
        correlation={name: _correlation(each, posts) for name, each in named},
        mix=dict(zip(EMOTIONS, zip(mine, theirs, strict=True), strict=True)),
    )


def _correlation(sums: Moments, posts: int) -> float | None:
    mine = sums.champion_squares - sums.champion**2 / posts
    theirs = sums.challenger_squares - sums.challenger**2 / posts
    if mine <= 0 or theirs <= 0:
        return None
    return (sums.products - sums.champion * sums.challenger / posts) / math.sqrt(mine * theirs)


def together(languages: Iterable[LanguageSums]) -> LanguageSums:
    """All languages as one. People who write in two are counted twice, so nobody is asked for people here."""
    every = list(languages)
    best: dict[tuple[int, int], int] = {}
    for sums in every:
        for pair, count in sums.best.items():
            best[pair] = best.get(pair, 0) + count
    columns = zip(*(sums.moments for sums in every), strict=True)
    return LanguageSums(
        sum(sums.posts for sums in every), sum(sums.people for sums in every), tuple(map(_added, columns)), best
    )


def _added(each: Iterable[Moments]) -> Moments:
    rows = [[getattr(moments, name) for name in Moments.__slots__] for moments in each]
    return Moments(*(sum(column) for column in zip(*rows, strict=True)))


def most_moved(people: Iterable[Moved], everybody: Mapping[str, float]) -> list[dict[str, Any]]:
    """People whose level differs most between the two, beyond what it differs for everybody."""
    found = [_furthest(moved, everybody) for moved in people]
    return sorted(found, key=lambda row: (-abs(row["beyond"]), row["person"]))[:MOVED_SHOWN]


def _furthest(moved: Moved, everybody: Mapping[str, float]) -> dict[str, Any]:
    beyond = {name: shift - everybody[name] for name, shift in zip(EMOTIONS, moved.shifts, strict=True)}
    name = max(beyond, key=lambda each: abs(beyond[each]))
    return {"person": moved.person, "posts": moved.posts, "emotion": name, "beyond": beyond[name]}
