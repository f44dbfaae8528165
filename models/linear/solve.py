"""From features and labels to the matrix that tells the labels apart."""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.svm import LinearSVC

from models.linear.model import Plane
from models.linear.options import LinearOptions

Floats = npt.NDArray[np.float64]
Targets = npt.NDArray[np.int64]

_STEPS = 500
_FAR_BELOW = 20.0
"""How far under every other logit a label stays that no training row had."""

_COMPLEMENT, _MARGIN = 8.0, 4.0
"""Complement weights and margins are flat beside log chances; so stretched, a temperature near one fits them.

To complement weights, scikit-learn adds no prior; here it is added, or a text without a known word would be a tie.
"""


def solved(
    kind: str, features: Any, truth: Targets, labels: int, weights: Floats, options: LinearOptions, seed: int
) -> Plane:
    """One matrix for labels that exclude each other (`truth` are numbers); else one yes-or-no a label.

    `weights` has the shape of `truth`: how much each row, or each answer, counts.
    """
    if truth.ndim == 1:
        return _among(_fitted(kind, features, truth, weights, options, seed), labels)
    columns = [_yes_or_no(kind, features, truth[:, label], weights[:, label], options, seed) for label in range(labels)]
    return Plane(np.stack([slopes for slopes, _ in columns], axis=1), np.array([offset for _, offset in columns]))


def _fitted(kind: str, features: Any, truth: Targets, weights: Floats, options: LinearOptions, seed: int) -> Any:
    """A scikit-learn estimator. One stopped before its last digit is measured like any other, so no warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return _estimator(kind, options, seed, len(np.unique(truth))).fit(features, truth, sample_weight=weights)


def _estimator(kind: str, options: LinearOptions, seed: int, classes: int) -> Any:
    """Of two classes, each is the other's complement."""
    if kind == "naive-bayes":
        return (ComplementNB if options.complement and classes > 2 else MultinomialNB)(alpha=options.alpha)
    if kind == "logistic":
        return LogisticRegression(C=options.C, max_iter=_STEPS)
    return LinearSVC(C=options.C, max_iter=2 * _STEPS, random_state=seed)


def _among(estimator: Any, labels: int) -> Plane:
    """(n-grams, labels). A label that never occurred lies below all others on every text: features are ≥ 0."""
    slopes, offsets = _rows_of(estimator)
    all_slopes = np.tile(slopes.min(axis=0), (labels, 1))
    all_offsets = np.full(labels, offsets.min() - _FAR_BELOW)
    all_slopes[estimator.classes_], all_offsets[estimator.classes_] = slopes, offsets
    return Plane(all_slopes.T, all_offsets)


def _yes_or_no(
    kind: str, features: Any, truth: Targets, weights: Floats, options: LinearOptions, seed: int
) -> tuple[Floats, float]:
    """Slopes (n-grams,) and offset of the log-odds of yes."""
    if truth.min() == truth.max():  # never or always: the odds of one half of a row in all rows
        odds = float(np.log(2 * len(truth) + 1))
        return np.zeros(features.shape[1]), odds if truth[0] else -odds
    slopes, offsets = _rows_of(_fitted(kind, features, truth, weights, options, seed))
    return slopes[1] - slopes[0], float(offsets[1] - offsets[0])


def _rows_of(estimator: Any) -> tuple[Floats, Floats]:
    """Slopes (classes, n-grams) and offsets (classes,); two classes given as one difference are halved apart."""
    if isinstance(estimator, ComplementNB):
        return _COMPLEMENT * estimator.feature_log_prob_, estimator.class_log_prior_
    if isinstance(estimator, MultinomialNB):
        return estimator.feature_log_prob_, estimator.class_log_prior_
    stretch = _MARGIN if isinstance(estimator, LinearSVC) else 1.0
    slopes, offsets = stretch * estimator.coef_, stretch * estimator.intercept_
    if len(slopes) == 1:
        return np.concatenate([-slopes, slopes]) / 2, np.concatenate([-offsets, offsets]) / 2
    return slopes, offsets
