"""Other people's runs again: the published figure beside ours, and why they differ."""

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.data.sources import HeldOut, Reading, load_all
from models.errors import DataUnusable, ModelUnusable, TrainingFailed
from models.schemes import scheme
from models.training.fit import fit
from models.training.recipe import Recipe, preset, preset_names
from models.writing import write_file

Figures = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """One published run; `obtained` is the mean accuracy over the seeds, None where it was not run."""

    preset: str
    about: str
    published: float
    obtained: float | None
    least: float | None
    most: float | None
    seeds: int
    source: str
    unknown: str
    why: str
    not_run: str = ""

    @property
    def difference(self) -> float | None:
        return None if self.obtained is None else round(self.obtained - self.published, 4)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "difference": self.difference}


def published_presets(only: Sequence[str] = ()) -> list[tuple[str, Recipe]]:
    """All that state a published figure, the lowest first; or those asked for."""
    found = [(name, preset(name)) for name in only or preset_names()]
    without = [name for name, recipe in found if "accuracy" not in recipe.published]
    if only and without:
        known = ", ".join(name for name, _recipe in published_presets())
        raise TrainingFailed(f"{without[0]} repeats no published run: use one of {known}.")
    stated = [(name, recipe) for name, recipe in found if name not in without]
    return stated if only else sorted(stated, key=lambda one: float(one[1].published["accuracy"]))


def reproduce(
    presets: Sequence[tuple[str, Recipe]],
    seeds: Sequence[int],
    folder: Path,
    resume: bool = False,
    quiet: bool = False,
    tell: Callable[[str], None] = lambda _line: None,
) -> list[Outcome]:
    """Every preset with every seed. Finished cells are kept in the folder; with `resume` they are not run again, and
    one that was interrupted goes on after its last whole epoch."""
    _require_writable(folder)
    outcomes = []
    for name, recipe in presets:
        tell(f"{name}: {recipe.about}")
        try:
            cells = [
                _cell(recipe.seeded(seed), folder / f"{_file(name)}.seed-{seed}.json", resume, quiet) for seed in seeds
            ]
        except (ModelUnusable, DataUnusable) as error:  # weights or data that nobody may pass on
            outcomes.append(_outcome(name, recipe, [], str(error)))
        else:
            outcomes.append(_outcome(name, recipe, [float(cell["accuracy"]) for cell in cells]))
        _write(folder / "results.json", [outcome.as_dict() for outcome in outcomes])
    return outcomes


def _file(name: str) -> str:
    return Path(name).name.removesuffix(".toml")


def _cell(recipe: Recipe, file: Path, resume: bool, quiet: bool) -> Figures:
    stated = json.loads(json.dumps(recipe.as_dict()))
    done = _finished(file) if resume else None
    if done is not None and done["recipe"] == stated:
        return done
    began = time.monotonic()
    corpora, _notes = load_all(
        recipe.data, Reading(**recipe.reading), HeldOut(**recipe.held_out), scheme(recipe.scheme)
    )
    checkpoint = _checkpoint(file, stated, resume)
    manifest = fit(recipe, corpora, quiet, checkpoint).manifest
    test = manifest.metrics["test"]
    figures = test.get("both", test[corpora[0].name])
    cell = {
        "accuracy": figures["accuracy"],
        "macro_f1": figures["macro_f1"],
        "rows": figures["rows"],
        "seconds": round(time.monotonic() - began, 1),
        "recipe": stated,
        "history": manifest.history,
        "data_sha256": manifest.data_sha256,
    }
    _write(file, cell)
    shutil.rmtree(checkpoint, ignore_errors=True)
    return cell


def _checkpoint(file: Path, stated: Figures, resume: bool) -> Path:
    """Beside the cell's file, hidden; another recipe has another, and without `resume` it starts empty."""
    mark = hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()[:8]
    folder = file.parent / f".{file.stem}.{mark}.training"
    if not resume:
        shutil.rmtree(folder, ignore_errors=True)
    return folder


def _finished(file: Path) -> Figures | None:
    try:
        found: Figures = json.loads(file.read_text(encoding="utf-8"))
        return found if {"accuracy", "recipe"} <= set(found) else None
    except (OSError, ValueError, TypeError):
        return None


def _require_writable(folder: Path) -> None:
    """Found out before hours of training."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise TrainingFailed(
            f"{folder} cannot be written ({error.strerror}): choose another folder with --out."
        ) from error


def _write(file: Path, value: object) -> None:
    try:
        write_file(file, json.dumps(value, indent=1).encode())
    except OSError as error:
        raise TrainingFailed(
            f"{file} cannot be written ({error.strerror}): choose another folder with --out."
        ) from error


def _outcome(name: str, recipe: Recipe, accuracies: list[float], not_run: str = "") -> Outcome:
    told = {key: " ".join(str(recipe.published.get(key, "")).split()) for key in ("source", "unknown", "why")}
    mean = round(sum(accuracies) / len(accuracies), 4) if accuracies else None
    return Outcome(
        preset=name,
        about=recipe.about,
        published=float(recipe.published["accuracy"]),
        obtained=mean,
        least=min(accuracies, default=None),
        most=max(accuracies, default=None),
        seeds=len(accuracies),
        not_run=not_run,
        **told,
    )
