"""Fit a snapshot of priors: how people's own means differ, and how far one post says anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from alerts.errors import AlertError
from alerts.priors import ANY, Prior, Priors
from models.labels import EMOTIONS

FEWEST_PEOPLE = 50  # of one language, for numbers of its own
FEWEST_POSTS = 2  # of one person, to tell people apart from their posts
LEAST_POSTS, MOST_POSTS = 20.0, 60.0  # what a prior may weigh: neither ignored nor stronger than a person
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PersonSums:
    """One person's posts in one language: how many, and by emotion the sums of scores and of their squares."""

    language: str
    posts: int
    sums: Sequence[float]
    squares: Sequence[float]


@dataclass
class _Language:
    posts: list[int] = field(default_factory=list)
    sums: list[Sequence[float]] = field(default_factory=list)
    squares: list[Sequence[float]] = field(default_factory=list)

    def add(self, person: PersonSums) -> None:
        self.posts.append(person.posts)
        self.sums.append(person.sums)
        self.squares.append(person.squares)


def fit_priors(people: Iterable[PersonSums], fitted: str) -> Priors:
    """A snapshot from people's sums; a language with fewer than 50 people gets the numbers of all.

    >>> somebody = PersonSums("en", 10, [2.0] * 7, [0.5] * 7)
    >>> fit_priors([somebody] * 60, "an example").languages["en"]["fear"].mean
    0.2
    """
    found: dict[str, _Language] = {}
    for person in people:
        for language in (ANY, person.language):
            found.setdefault(language, _Language()).add(person)
    count = len(found[ANY].posts) if ANY in found else 0
    if count < FEWEST_PEOPLE:
        raise AlertError(
            f"{count} people are too few to fit priors, at least {FEWEST_PEOPLE} are needed: replay more posts first"
        )
    everybody = _fit(found[ANY], None)
    languages = {ANY: everybody}
    for language, sums in sorted(found.items()):
        if language != ANY and len(sums.posts) >= FEWEST_PEOPLE:
            languages[language] = _fit(sums, everybody)
    return Priors(fitted=fitted, languages=languages)


def _fit(language: _Language, otherwise: dict[str, Prior] | None) -> dict[str, Prior]:
    posts = np.array(language.posts, dtype=float)  # (people,)
    sums, squares = np.array(language.sums), np.array(language.squares)  # (people, emotions)
    means = np.clip((sums / posts[:, None]).mean(axis=0), 0.001, 0.999)  # each person has one vote
    between, weighs = _spread(posts, sums, squares)
    contrast = _contrast(posts, sums, squares)
    known = bool((posts >= FEWEST_POSTS).sum() >= FEWEST_PEOPLE)
    fitted = {}
    for place, name in enumerate(EMOTIONS):
        prior = Prior(
            mean=round(float(means[place]), 4),
            between=round(between[place], 4),
            posts=round(weighs[place], 1),
            contrast=round(float(contrast[place]), 3),
        )
        if not known and otherwise is not None:
            prior = otherwise[name].model_copy(update={"mean": prior.mean, "contrast": prior.contrast})
        fitted[name] = prior
    return fitted


def _contrast(posts: Floats, sums: Floats, squares: Floats) -> Floats:
    """By emotion: how far posts vary, beside the most that scores with their mean could (were all 0 or 1)."""
    mean = sums.sum(axis=0) / posts.sum()
    variance = squares.sum(axis=0) / posts.sum() - mean**2
    return np.asarray(np.sqrt(np.clip(variance / np.maximum(mean * (1 - mean), 1e-9), 1e-4, 1.0)))


def _spread(posts: Floats, sums: Floats, squares: Floats) -> tuple[list[float], list[float]]:
    """By emotion: the spread of people's true means, and the posts that weigh as much; by the method of moments."""
    many = posts >= FEWEST_POSTS
    if many.sum() < 2:
        return [0.0] * len(EMOTIONS), [40.0] * len(EMOTIONS)
    count, total, square = posts[many][:, None], sums[many], squares[many]
    within = (square - total**2 / count).sum(axis=0) / (count - 1).sum()  # of one post around its person's mean
    seen = (total / count).var(axis=0, ddof=1)
    between = np.maximum(seen - within * (1 / count).mean(), 1e-6)
    weighs = np.clip(within / between, LEAST_POSTS, MOST_POSTS)
    return [float(value) for value in np.sqrt(between)], [float(value) for value in weighs]
