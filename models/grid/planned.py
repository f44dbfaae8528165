"""A grid with everything settled: which cells, on which rows, by which recipes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.data.rows import Corpus, data_hash
from models.grid.plan import FORMAT, Asked, Cell, code_of, digest, recipe_of, require_used
from models.labels import Scheme
from models.networks.bases import SCRATCH, base_folder, base_hash
from models.training.device import device_for
from models.training.models import recipe_for
from models.training.recipe import Recipe


@dataclass(frozen=True)
class Plan:
    """The cells that were asked for, on which rows, in the order in which they are trained."""

    cells: tuple[Cell, ...]
    asked: Asked
    scheme: Scheme
    corpora: tuple[Corpus, ...]
    recipes: Mapping[Cell, Recipe]
    codes: Mapping[Cell, str]

    def stated(self) -> dict[str, Any]:
        """What a folder holds one grid by: bases, poolings, losses and seeds may be added to it later."""
        shared = {
            "format": FORMAT,
            "labels": list(self.scheme.labels),
            "limit": self.asked.limit,
            "options": dict(self.asked.options),
            "training": {key: value for key, value in self.asked.training.items() if key != "device"},
            "data_sha256": data_hash(self.corpora),
        }
        rows = {part: sum(len(getattr(one, part)) for one in self.corpora) for part in ("train", "validation", "test")}
        told = {"data": list(self.asked.data), "scheme": self.asked.scheme, "rows": rows}
        return {**shared, "hash": digest(shared), "told": told}


def planned(cells: Sequence[Cell], asked: Asked, scheme: Scheme, corpora: Sequence[Corpus]) -> Plan:
    """Everything that can be wrong is found out here: options, the device, weights that are not at hand."""
    require_used(asked, (cell.base for cell in cells))
    recipe_for("bert").with_changes({}, asked.training)  # also what the losses that were asked for leave unused
    recipes = {cell: recipe_of(cell, asked) for cell in cells}
    for recipe in recipes.values():
        device_for(recipe.training.device)
    bases = {base: _base_hash(base) for base in dict.fromkeys(cell.base for cell in cells)}
    rows = data_hash(corpora)
    codes = {cell: code_of(recipe, bases[cell.base], rows) for cell, recipe in recipes.items()}
    return Plan(tuple(cells), asked, scheme, tuple(corpora), recipes, codes)


def _base_hash(base: str) -> str:
    return "" if base == SCRATCH else base_hash(base_folder(base))
