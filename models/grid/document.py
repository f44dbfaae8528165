"""A grid's figures as plain values, for JSON and CSV."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from models.grid.differences import Difference
from models.grid.estimate import Estimate
from models.grid.plan import Cell
from models.grid.results import said
from models.grid.summary import Line, Summary
from models.grid.trained import Trained
from models.grid.verdict import verdict


def document_of(summary: Summary, failed: Sequence[tuple[Cell, str]]) -> dict[str, Any]:
    """Everything as plain values."""
    return {
        "verdict": verdict(summary.losses),
        "test_rows": summary.rows,
        "combinations": [_flat(line) for line in summary.lines],
        "differences": [_difference(one) for one in (*summary.losses, *summary.poolings)],
        "trainings": [_training(one) for one in summary.trained],
        "failed": [{**asdict(cell), "why": sentence} for cell, sentence in failed],
    }


def _flat(line: Line) -> dict[str, Any]:
    return {
        "base": line.base,
        "pooling": line.pooling,
        "loss": line.loss,
        "seeds": len(line.seeds),
        **dict(_estimated("accuracy", line.accuracy)),
        **dict(_estimated("macro_f1", line.macro_f1)),
        "silhouette": _rounded(line.silhouette),
        "knn_accuracy": _rounded(line.neighbours),
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "base": one.base,
        "what": one.what,
        "against": one.against,
        "within": one.within,
        "seeds": one.macro_f1.seeds,
        "in_macro_f1": said(one.macro_f1),
        **dict(_estimated("accuracy", one.accuracy)),
        **dict(_estimated("macro_f1", one.macro_f1)),
    }


def _training(one: Trained) -> dict[str, Any]:
    figures = {
        "accuracy": one.accuracy,
        "macro_f1": one.macro_f1,
        "silhouette": one.silhouette,
        "knn_accuracy": one.neighbours,
    }
    return {**asdict(one.cell), **{name: _rounded(value) for name, value in figures.items()}}


def _estimated(name: str, found: Estimate) -> Iterator[tuple[str, float | None]]:
    yield name, _rounded(found.value)
    yield f"{name}_low", _rounded(found.low)
    yield f"{name}_high", _rounded(found.high)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def csv_of(lines: Sequence[Line]) -> bytes:
    if not lines:
        return b""
    rows = [_flat(line) for line in lines]
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()
