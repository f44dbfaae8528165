"""The thresholds from which on a label is called present, and the curves they were chosen from."""

from collections.abc import Mapping
from math import nan

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from models.manifest import Threshold
from models.page.palette import AMBER, BLUE, FAINT, INK
from models.page.picture import Picture, picture, sheet, styled

ACROSS = 2


def cuts(name: str, of_what: str, thresholds: Mapping[str, Threshold]) -> Picture | None:
    """A small plot for each label; None where the manifest keeps no curve."""
    known = {label: one for label, one in thresholds.items() if one.curve}
    if not known:
        return None
    caption = (
        f"Precision and recall on validation rows by threshold, for each {of_what}; the upright line is the threshold "
        "in use, the one with the best F1."
    )
    told = ", ".join(f"{label} from {one.threshold / 1000:.2f}" for label, one in known.items())
    with styled():
        return picture(name, caption, f"{caption} Thresholds: {told}.", _drawn(known))


def _drawn(known: Mapping[str, Threshold]) -> Figure:
    down = -(-len(known) // ACROSS)
    figure = sheet(50 + 92 * down)
    plots = figure.subplots(down, ACROSS, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, (label, threshold) in zip(plots, known.items(), strict=False):
        _plot(axes, label, threshold)
    for axes in plots[len(known) :]:
        axes.set_visible(False)
        plots[len(known) - ACROSS].tick_params(labelbottom=True)
    figure.legend(*plots[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    figure.supxlabel("Threshold", fontsize=11, color=FAINT)
    return figure


def _plot(axes: Axes, label: str, threshold: Threshold) -> None:
    places = [point["threshold"] / 1000 for point in threshold.curve]
    precision = [point["precision"] if point["recall"] else nan for point in threshold.curve]  # of nothing: none
    axes.plot(places, precision, color=BLUE, label="precision")
    axes.plot(places, [point["recall"] for point in threshold.curve], color=AMBER, linestyle="--", label="recall")
    axes.axvline(threshold.threshold / 1000, color=INK, linewidth=1.2)
    axes.set_title(f"{label}, {threshold.threshold / 1000:.2f}", fontsize=10.5, loc="left", pad=3)
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
