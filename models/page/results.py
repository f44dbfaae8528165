"""The tables of figures."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from models.evaluation.calibration import brier, calibration_error
from models.evaluation.judging import Verdict, figures_of
from models.manifest import Threshold
from models.page.measured import Measured
from models.page.rivals import Comparison, Line
from models.page.spreads import Spread
from models.page.tables import table


def spread_tables(spreads: Sequence[Spread]) -> str:
    """Rows that carry each label, for every data set; a split without rows is left out."""
    return "".join(_spread(spread) for spread in spreads)


def _spread(spread: Spread) -> str:
    splits = {name: counts for name, counts in (("Train", spread.train), ("Test", spread.test)) if sum(counts.values())}
    rows = [[escape(label), *(f"{counts[label]:,}" for counts in splits.values())] for label in spread.test]
    rows.append(["all labels", *(f"{sum(counts.values()):,}" for counts in splits.values())])
    return table(f"Rows of {spread.name} by label", ["Label", *splits], rows)


def figure_table(known: Measured) -> str:
    """Each data set among the labels that occur in it, then all rows among all labels."""
    verdicts = dict(known.sets)
    if len(verdicts) > 1:
        verdicts["all together"] = known.together
    columns = ("Test rows of", "Rows", "Accuracy", "Macro-F1", "Weighted F1", "ECE", "Brier")
    return table("Figures on test rows", columns, [_figures(name, one) for name, one in verdicts.items()], "wide")


def _figures(name: str, verdict: Verdict) -> list[str]:
    figures = figures_of(verdict)
    return [
        escape(name),
        f"{len(verdict.truth):,}",
        *(_with_interval(figures, key) for key in ("accuracy", "macro_f1", "weighted_f1")),
        f"{calibration_error(verdict.chances, verdict.truth):.3f}",
        f"{brier(verdict.chances, verdict.truth):.3f}",
    ]


def _with_interval(figures: Mapping[str, Any], key: str) -> str:
    low, high = figures["intervals"][key]
    return f"{figures[key]:.3f} <small>({low:.3f}\u2013{high:.3f})</small>"


def class_table(verdict: Verdict) -> str:
    per_class = figures_of(verdict)["per_class"]
    rows = [
        [escape(label), f"{one['support']:,}", *(f"{one[name]:.3f}" for name in ("precision", "recall", "f1"))]
        for label, one in per_class.items()
    ]
    return table("Each label", ("Label", "Rows", "Precision", "Recall", "F1"), rows)


def cut_table(caption: str, thresholds: Mapping[str, Threshold]) -> str:
    rows = [
        [escape(label), f"{one.threshold / 1000:.2f}", f"{one.precision:.3f}", f"{one.recall:.3f}"]
        for label, one in thresholds.items()
    ]
    return table(caption, ("Label", "Threshold", "Precision", "Recall"), rows) if rows else ""


def rival_table(comparison: Comparison) -> str:
    caption = f"On {comparison.name}: {comparison.rows:,} rows, labels of the scheme {comparison.measured_in}"
    columns = ("Model", "Kind", "Accuracy", "Macro-F1", "ECE", "Posts/s", "McNemar p")
    return table(caption, columns, [_line(line) for line in comparison.lines], "wide")


def _line(line: Line) -> list[str]:
    name = f"<code>{escape(line.version)}</code>"
    return [
        f'<span class="own">{name} (this model)</span>' if line.p is None else name,
        escape(line.kind),
        f"{line.accuracy:.3f}",
        f"{line.macro_f1:.3f}",
        f"{line.ece:.3f}",
        f"{line.posts_per_second:,.0f}",
        "\u2013" if line.p is None else _chance(line.p),
    ]


def _chance(p: float) -> str:
    """
    >>> _chance(0.03412), _chance(1e-40)
    ('0.034', '&lt; 0.001')
    """
    return f"{p:.3f}" if p >= 0.001 else "&lt; 0.001"
