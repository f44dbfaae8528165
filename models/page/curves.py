"""How the training went: loss, and figures on validation rows, by epoch."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from models.page.palette import MARKERS, SERIES
from models.page.picture import Picture, picture, sheet, slug, styled

History = Sequence[Mapping[str, float]]
LOSSES = {"loss": "training", "validation_loss": "validation"}
KINDS = ("accuracy", "macro_f1")
NAMES = {"accuracy": "Accuracy", "macro_f1": "Macro-F1"}
ON = {"accuracy": "on training rows as they were met and on validation rows", "macro_f1": "on validation rows"}
WHOLE = {"accuracy": "training", "macro_f1": "all sets"}
"""What the history means by the plain name: the one of the rows learned from, the other the mean over data sets."""


def curves(history: History) -> list[Picture]:
    """One picture for the loss, one for accuracy, one for macro-F1; none where nothing was noted."""
    losses = {name: _series(history, key) for key, name in LOSSES.items()}
    pictures = [_picture("loss", "Loss", "Loss by epoch", losses, history)]
    for kind in KINDS:
        title = NAMES[kind]
        caption = f"{title} {ON[kind]}, by epoch"
        pictures.append(_picture(slug(title.lower()), title, caption, _by_set(history, kind), history))
    return [one for one in pictures if one is not None]


def _by_set(history: History, kind: str) -> dict[str, list[float | None]]:
    """`emotion_accuracy` is that of the data set emotion, `validation_accuracy` of all validation rows together."""
    keys = [key for row in history for key in row if key == kind or key.endswith(f"_{kind}")]
    named = {key: key.removesuffix(kind).rstrip("_") or WHOLE[kind] for key in dict.fromkeys(keys)}
    alone = len(named) == 2 and kind == "macro_f1"  # one data set: its figure and the mean of one figure are the same
    return {name: _series(history, key) for key, name in named.items() if not (alone and key == kind)}


def _series(history: History, key: str) -> list[float | None]:
    return [row.get(key) for row in history]


def _picture(
    name: str, title: str, caption: str, series: Mapping[str, Sequence[float | None]], history: History
) -> Picture | None:
    known = {label: values for label, values in series.items() if any(value is not None for value in values)}
    if not known:
        return None
    epochs = [row.get("epoch", place) for place, row in enumerate(history, start=1)]
    with styled():
        figure = _drawn(title, known, epochs)
        return picture(name, caption, f"{caption}. {_told(known)}", figure)


def _drawn(title: str, known: Mapping[str, Sequence[float | None]], epochs: Sequence[float]) -> Figure:
    figure = sheet(215)
    axes = figure.add_subplot(xlabel="Epoch", ylabel=title)
    for (label, values), colour, marker in zip(known.items(), SERIES * 3, MARKERS * 3, strict=False):
        points = [(epoch, value) for epoch, value in zip(epochs, values, strict=True) if value is not None]
        axes.plot(*zip(*points, strict=True), color=colour, marker=marker, label=label)
    _whole_epochs(axes, epochs)
    if len(known) > 1 or "training" in known:
        figure.legend(loc="outside upper center", ncols=min(len(known), 3))
    return figure


def _whole_epochs(axes: Axes, epochs: Sequence[float]) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlim(min(epochs) - 0.3, max(epochs) + 0.3)
    axes.margins(y=0.15)


def _told(known: Mapping[str, Sequence[float | None]]) -> str:
    """From the first to the last epoch, for those who do not see the lines."""
    parts = []
    for label, values in known.items():
        noted = [value for value in values if value is not None]
        parts.append(f"{label}: {noted[0]:.3g} at first, {noted[-1]:.3g} at last")
    return "; ".join(parts) + "."
