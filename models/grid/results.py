"""The tables of a grid's page."""

from collections.abc import Sequence
from html import escape

from models.grid.differences import Difference
from models.grid.estimate import Estimate
from models.grid.plan import shown_name
from models.grid.summary import Line, Summary
from models.grid.verdict import signed
from models.page.tables import table

_NONE = "–"


def performance(summary: Summary) -> str:
    """Every combination, the best macro-F1 of each base in bold."""
    columns = ("Base, pooling, loss", "Seeds", "Accuracy", "Macro-F1", "Silhouette", "kNN")
    best = {line.base: max(_scores(summary, line.base)) for line in summary.lines}
    rows = [_line(line, line.macro_f1.value == best[line.base]) for line in summary.lines]
    return table(f"Means over seeds on {summary.rows:,} test rows", columns, rows, "wide")


def _scores(summary: Summary, base: str) -> list[float]:
    return [line.macro_f1.value for line in summary.lines if line.base == base]


def _line(line: Line, best: bool) -> list[str]:
    name = escape(f"{shown_name(line.base)}, {line.pooling}, {line.loss}")
    return [
        f'<span class="own">{name}</span>' if best else name,
        str(len(line.seeds)),
        _value(line.accuracy),
        _value(line.macro_f1),
        number(line.silhouette),
        number(line.neighbours),
    ]


def differences(caption: str, found: Sequence[Difference]) -> str:
    columns = ("Comparison", "Seeds", "Accuracy", "Macro-F1", "In macro-F1")
    return table(caption, columns, [_difference(one) for one in found], "wide") if found else ""


def _difference(one: Difference) -> list[str]:
    name = escape(f"{one.what} − {one.against}: {shown_name(one.base)}, {one.within}")
    seeds = one.macro_f1.seeds
    return [name, str(seeds), _signed(one.accuracy), _signed(one.macro_f1), said(one.macro_f1)]


def said(found: Estimate) -> str:
    """One word on a difference."""
    if found.seeds < 2:
        return "unknown: one seed"
    if not found.excludes_zero:
        return "none shown"
    return "better" if found.value > 0 else "worse"


def _value(found: Estimate) -> str:
    return f"{found.value:.3f} <small>({found.low:.3f}–{found.high:.3f})</small>"


def _signed(found: Estimate) -> str:
    return f"{signed(found.value)} <small>({signed(found.low)} to {signed(found.high)})</small>"


def number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.3f}".replace("-", "−")
