"""Bagging: the same kind of model taught on many samples of the rows, and the mean of their chances."""

from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from models.ensembles.combination import Pool
from models.ensembles.ensemble import Ensemble
from models.ensembles.lessons import calibrated, divided, member_recipe, taught
from models.ensembles.members import Inside
from models.linear.options import chosen
from models.training.learners import Learned, Lesson


@dataclass(frozen=True)
class BaggingOptions:
    """`count` members of the kind or preset `of`, each from `share` as many rows as there are, drawn with repeats."""

    of: str = "logistic"
    count: int = 10
    share: float = 1.0

    def __post_init__(self) -> None:
        if not (self.count >= 2 and 0 < self.share <= 1):
            raise ValueError("count must be at least 2 and share above 0, at most 1")


def learn(lesson: Lesson) -> Learned:
    """Options that bagging does not know are its members'."""
    own, rest = divided(BaggingOptions, lesson.recipe.options)
    options = chosen(BaggingOptions, "bagging", own)
    recipe = member_recipe(lesson.recipe, options.of, rest)
    chance = np.random.default_rng(recipe.training.seed)
    size = max(1, round(options.share * len(lesson.train)))
    members: list[Inside] = []
    for number in tqdm(range(1, options.count + 1), desc="members", disable=lesson.quiet):
        name = f"{recipe.kind}-{number}"
        rows = [lesson.train[place] for place in chance.integers(len(lesson.train), size=size)]
        model = taught(lesson, recipe.seeded(recipe.training.seed + number), rows, name)
        members.append(calibrated(lesson, name, model))
    return Learned(Ensemble("bagging", members, Pool("mean", lesson.scheme.multi)), [])
