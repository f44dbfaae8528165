"""Filling a grid: cell after cell, each kept when it is finished, none trained twice."""

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from models.data.rows import Corpus, data_hash
from models.engine.network import NetworkModel
from models.engine.vectors import vectors_and_logits
from models.errors import ModelError, TrainingFailed
from models.evaluation.metrics import accuracy_and_macro_f1
from models.grid.folder import GridFolder
from models.grid.kept import Answered, Kept, path_of, read_cell, write_cell, write_failure
from models.grid.pace import Pace
from models.grid.plan import Cell
from models.grid.planned import Plan
from models.saved import SavedModel, save_model
from models.training.card import card
from models.training.device import device_for
from models.training.fit import fit
from models.training.recipe import Recipe
from models.training.targets import targets_of

Tell = Callable[[str], None]


def fill(
    plan: Plan,
    folder: GridFolder,
    *,
    retry: bool = False,
    keep_models: bool = False,
    quiet: bool = False,
    tell: Tell = lambda _line: None,
) -> list[Kept]:
    """Train what is missing; with `retry` also what failed before. Returns all the cells asked for, as kept."""
    there = {cell: _there(plan, folder, cell, retry) for cell in plan.cells}
    missing = [cell for cell in plan.cells if there[cell] is None]
    pace = Pace(len(missing), time.monotonic)
    if len(missing) < len(plan.cells):
        tell(f"{len(plan.cells) - len(missing)} of {len(plan.cells)} trainings are finished already")
    for cell in missing:
        tell(f"training {plan.cells.index(cell) + 1} of {len(plan.cells)}: {cell}{pace.told()}")
        _train(plan, folder, cell, keep_models, quiet, tell)
        pace.step()
    return [_kept(folder, cell) for cell in plan.cells]


def _there(plan: Plan, folder: GridFolder, cell: Cell, retry: bool) -> Kept | None:
    found = read_cell(path_of(folder.cells, cell))
    if found and found.code != plan.codes[cell]:
        raise TrainingFailed(
            f"{path_of(folder.cells, cell)} is of other options, or of another version of its base: choose another "
            "folder with --out, or add --replace to start anew."
        )
    return None if found and found.failed and retry else found


def _kept(folder: GridFolder, cell: Cell) -> Kept:
    found = read_cell(path_of(folder.cells, cell))
    if found is None:
        raise TrainingFailed(f"{path_of(folder.cells, cell)} was changed while the grid ran: run the same again.")
    return found


def _train(plan: Plan, folder: GridFolder, cell: Cell, keep_model: bool, quiet: bool, tell: Tell) -> None:
    recipe, code = plan.recipes[cell], plan.codes[cell]
    checkpoint = folder.checkpoint(cell.key, code)
    told: dict[str, Any] = {"recipe": recipe.as_dict(), "data_sha256": data_hash(plan.corpora)}
    try:
        saved = _fitted(recipe, plan.corpora, quiet, checkpoint)
        tested = _tested(saved, plan, recipe.training.device)
    except ModelError as error:
        tell(f"failed: {error}")
        write_failure(folder.cells, cell, code, told, str(error))
    else:
        if keep_model:
            save_model(folder.models / cell.key, saved, card(saved.manifest, recipe))
        write_cell(folder.cells, cell, code, {**told, **_told(saved, tested)}, tested)
    shutil.rmtree(checkpoint, ignore_errors=True)


def _fitted(recipe: Recipe, corpora: Sequence[Corpus], quiet: bool, checkpoint: Path) -> SavedModel:
    """A checkpoint that is damaged, or of another version of the program, is not worth failing for."""
    taken_up = checkpoint.exists()
    try:
        return fit(recipe, corpora, quiet, checkpoint)
    except TrainingFailed:
        if not taken_up:
            raise
        shutil.rmtree(checkpoint)
        return fit(recipe, corpora, quiet, checkpoint)


def _tested(saved: SavedModel, plan: Plan, device: str) -> Answered:
    rows = [row for corpus in plan.corpora for row in corpus.test]
    assert isinstance(saved.model, NetworkModel)
    vectors, logits = vectors_and_logits(saved.model, [row.text for row in rows], device_for(device))
    return Answered(vectors, logits, targets_of(rows, plan.scheme))


def _told(saved: SavedModel, tested: Answered) -> dict[str, Any]:
    accuracy, score = accuracy_and_macro_f1(tested.logits.astype(float), tested.truth)
    metrics = saved.manifest.metrics
    return {
        "base_sha256": saved.manifest.config.get("base_sha256", ""),
        "figures": {"accuracy": round(accuracy, 4), "macro_f1": round(score, 4), "rows": len(tested.truth)},
        "metrics": {part: metrics[part] for part in ("validation", "test")},
        "history": saved.manifest.history,
    }
