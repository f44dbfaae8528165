"""The reliability diagram: how often the model is right when it says how sure it is."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter, StrMethodFormatter

from models.evaluation.calibration import calibration_error
from models.evaluation.judging import Verdict
from models.evaluation.metrics import Floats, Labels
from models.page.measured import Measured
from models.page.palette import AMBER, BLUE, FAINT, GREY
from models.page.picture import Picture, picture, sheet, slug, styled

BINS = 15
"""As many as `calibration_error` takes."""

LEAST_SHARE = 0.005
"""Of all answers; a bin with fewer is left out, for its dot would show chance alone."""


class Bins(NamedTuple):
    """Of the bins that hold enough to be judged: mean confidence, share right, and answers."""

    confidence: Floats
    right: Floats
    rows: Labels


def binned(chances: Floats, truth: Labels) -> Bins:
    """By the confidence in the best label; in multi-label rows, by that in each label's yes or no."""
    if truth.ndim == 2:
        chances, truth = np.stack([1 - chances.ravel(), chances.ravel()], axis=1), truth.ravel()
    confidence, right = chances.max(axis=1), chances.argmax(axis=1) == truth
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = np.bincount(place, minlength=BINS)
    sums = (np.bincount(place, values, minlength=BINS) for values in (confidence, right))
    enough = rows > LEAST_SHARE * len(truth)
    means = [total[enough] / rows[enough] for total in sums]
    return Bins(means[0], means[1], rows[enough])


def reliability(known: Measured) -> list[Picture]:
    """One picture of all rows and, where there are several data sets, one of each."""
    parts = {"all test rows": (np.concatenate(list(known.before.values())), known.together)}
    if len(known.sets) > 1:
        parts |= {name: (known.before[name], verdict) for name, verdict in known.sets.items()}
    return [_picture(name, before, verdict) for name, (before, verdict) in parts.items()]


def _picture(of: str, chances: Floats, verdict: Verdict) -> Picture:
    before, after = calibration_error(chances, verdict.truth), calibration_error(verdict.chances, verdict.truth)
    caption = (
        f"Confidence on {of}: expected calibration error (ECE) {before:.3f} before calibration, {after:.3f} after it"
    )
    bins = binned(verdict.chances, verdict.truth)
    told = ", ".join(
        f"sure by {sure:.0%}: right in {right:.0%} of {rows:,}" for sure, right, rows in zip(*bins, strict=True)
    )
    with styled():
        figure = _drawn(binned(chances, verdict.truth), bins)
        return picture(f"calibration-{slug(of)}", caption, f"{caption}. After it, {told}.", figure)


def _drawn(before: Bins, after: Bins) -> Figure:
    figure = sheet(330)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot([0, 1], [0, 1], color=FAINT, linestyle=":", linewidth=1.5)
    upper.plot(before.confidence, before.right, color=AMBER, marker="s", linestyle="--", label="before")
    upper.plot(after.confidence, after.right, color=BLUE, marker="o", label="after calibration")
    upper.set(ylabel="Share right", ylim=(0, 1.02), xlim=(0, 1))
    upper.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _counts(lower, after)
    figure.legend(loc="outside upper center", ncols=2)
    return figure


def _counts(axes: Axes, bins: Bins) -> None:
    """How many answers each dot above stands for."""
    left = np.minimum((bins.confidence * BINS).astype(int), BINS - 1) / BINS
    axes.bar(left, bins.rows, width=0.92 / BINS, align="edge", color=GREY)
    axes.set(xlabel="Confidence", ylabel="Answers")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
