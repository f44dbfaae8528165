"""A grid's page, its tables as CSV and JSON, and its pictures, each file whole or not there."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from models.grid.curves import curves
from models.grid.document import csv_of, document_of
from models.grid.folder import GridFolder
from models.grid.kept import Kept, read_cell
from models.grid.page import Shown, render
from models.grid.results import number
from models.grid.scatter import scatters
from models.grid.summary import summary_of
from models.grid.trained import Trained
from models.writing import written

PAGE, TABLE, DOCUMENT = "grid.html", "table.csv", "table.json"


@dataclass(frozen=True)
class Written:
    """`document` is what the JSON file holds."""

    page: Path
    size: int
    document: dict[str, Any]


def write_grid(folder: GridFolder, look: str, now: datetime, pngs: Path | None = None) -> Written:
    """Of every finished cell in the folder; `look` is the style sheet that the page adds to."""
    shown = shown_of(folder)
    document = document_of(shown.summary, shown.failed)
    page = render(shown, look, now).encode()
    files = {
        folder.path / PAGE: page,
        folder.path / TABLE: csv_of(shown.summary.lines),
        folder.path / DOCUMENT: json.dumps(document, indent=1, ensure_ascii=False).encode(),
        **(_pictures(shown, pngs) if pngs else {}),
    }
    for path, content in files.items():
        written(path, content)
    return Written(folder.path / PAGE, len(page), document)


def shown_of(folder: GridFolder) -> Shown:
    kept = kept_in(folder)
    summary = summary_of(kept)
    failed = tuple((one.cell, one.failed) for one in kept if one.failed)
    names = {one.cell: _over(one) for one in summary.trained}
    laid = scatters(kept, folder.stated["labels"], names)
    return Shown(dict(folder.stated), summary, failed, tuple(curves(kept)), tuple(laid))


def kept_in(folder: GridFolder) -> list[Kept]:
    found = (read_cell(path) for path in sorted(folder.cells.glob("*.json")))
    return [one for one in found if one is not None]


def _over(one: Trained) -> str:
    told = f"silhouette {number(one.silhouette)}, kNN {number(one.neighbours)}"
    return f"{one.cell.pooling}, {one.cell.loss}\n{told}"


def _pictures(shown: Shown, pngs: Path) -> dict[Path, bytes]:
    together = {pngs / f"{one.name}.png": one.together for one in shown.scatters}
    return {**{pngs / f"{one.name}.png": one.png() for one in shown.curves}, **together}
