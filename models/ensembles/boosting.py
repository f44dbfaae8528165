"""Boosting (SAMME, Zhu et al. 2009): each member is taught to mind the rows that those before it got wrong."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from models.ensembles.combination import Votes
from models.ensembles.ensemble import Ensemble
from models.ensembles.lessons import divided
from models.ensembles.members import Inside
from models.errors import TrainingFailed
from models.evaluation.calibration import Calibration
from models.linear.features import Features
from models.linear.learn import balance, some_of_each
from models.linear.model import LinearModel
from models.linear.options import LinearOptions, chosen, linear_options
from models.linear.solve import solved
from models.training.learners import Learned, Lesson
from models.training.targets import targets_of

Floats = npt.NDArray[np.float64]

LINEAR = ("naive-bayes", "logistic", "svm")
WEAK = {"C": 0.3}
_UNANIMOUS = 8.0
"""The logit of a label that all name; voices are shares of it, so that a temperature near one fits."""

_SURE = 1e-6
"""An error below this counts as this: a faultless member has a loud voice, not an endless one."""


@dataclass(frozen=True)
class BoostingOptions:
    """At most `rounds` members of the linear kind `of`; a `rate` below one makes each change less.

    Members that are already near faultless on their own rows gain nothing and learn mistakes by heart, so unless
    told otherwise they are held back (`WEAK`).
    """

    of: str = "logistic"
    rounds: int = 10
    rate: float = 0.5

    def __post_init__(self) -> None:
        if self.of not in LINEAR:
            raise ValueError(f"of must be one of {', '.join(LINEAR)}")
        if not (self.rounds >= 1 and 0 < self.rate <= 1):
            raise ValueError("rounds must be at least 1 and rate above 0, at most 1")


def learn(lesson: Lesson) -> Learned:
    """Options that boosting does not know are its members'."""
    own, rest = divided(BoostingOptions, lesson.recipe.options)
    options = chosen(BoostingOptions, "boosting", own)
    if lesson.scheme.multi:
        raise TrainingFailed("Boosting needs labels that exclude each other: use bagging or stacking instead.")
    return Learned(_boosted(lesson, options, linear_options(options.of, {**WEAK, **rest})), [])


def _boosted(lesson: Lesson, options: BoostingOptions, linear: LinearOptions) -> Ensemble:
    """Stops early when a member is faultless, or no better than guessing."""
    texts, truth = [row.text for row in lesson.train], some_of_each(targets_of(lesson.train, lesson.scheme))
    features, labels, training = Features.of(texts, linear), len(lesson.scheme.labels), lesson.recipe.training
    seen, weights = features.matrix(texts), balance(truth, training.weighting)
    members: list[Inside] = []
    voices: list[float] = []
    for number in tqdm(range(1, options.rounds + 1), desc="members", disable=lesson.quiet):
        plane = solved(options.of, seen, truth, labels, weights, linear, training.seed + number)
        model = LinearModel(options.of, features, plane)
        wrong = (seen @ model.plane.slopes + model.plane.offsets).argmax(axis=1) != truth
        voice = _voice(float(weights[wrong].sum() / weights.sum()), len(np.unique(truth)))
        if members and voice <= 0:
            break
        members.append(Inside(f"{options.of}-{number}", model, Calibration(), multi=False))
        voices.append(options.rate * max(voice, _SURE))
        weights = _minding(weights, wrong, voices[-1])
        if not wrong.any():
            break
    return Ensemble("boosting", members, Votes(tuple(_UNANIMOUS * voice / sum(voices) for voice in voices)))


def _voice(error: float, classes: int) -> float:
    """Above zero for a member that is better than guessing among so many classes."""
    error = min(max(error, _SURE), 1 - _SURE)
    return math.log((1 - error) / error) + math.log(classes - 1)


def _minding(weights: Floats, wrong: npt.NDArray[np.bool_], voice: float) -> Floats:
    """Rows got wrong count more, the others less; 1 on average, as the members' options expect."""
    grown = weights * np.exp(voice * wrong)
    return grown / grown.mean()  # type: ignore[no-any-return]
