"""The same recipe with several seeds: the best on validation is kept, the figures of all are told."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from models.data.rows import Corpus
from models.manifest import Manifest
from models.saved import SavedModel
from models.training.fit import fit
from models.training.recipe import Recipe

Done = Callable[[dict[str, Any]], None]


def fit_seeds(
    recipe: Recipe,
    corpora: Sequence[Corpus],
    seeds: Sequence[int],
    quiet: bool = False,
    checkpoints: Path | None = None,
    done: Done | None = None,
) -> SavedModel:
    """`done` hears of each seed's figures as they come; each seed has its own folder among the `checkpoints`."""
    tried: list[dict[str, Any]] = []
    best: SavedModel | None = None
    for seed in seeds:
        model = fit(recipe.seeded(seed), corpora, quiet, checkpoints / f"seed-{seed}" if checkpoints else None)
        tried.append(brief(model.manifest))
        if best is None or validated(model.manifest) > validated(best.manifest):
            best = model
        if done:
            done(tried[-1])
    if best is None:
        raise ValueError("at least one seed")
    metrics = {**best.manifest.metrics, "seeds": tried}
    return SavedModel(best.manifest.model_copy(update={"metrics": metrics}), best.model)


def validated(manifest: Manifest) -> float:
    """The mean macro-F1 over the validation splits; what is chosen by."""
    splits = [figures for name, figures in manifest.metrics["validation"].items() if name != "both"]
    return float(sum(figures["macro_f1"] for figures in splits) / len(splits))


def brief(manifest: Manifest) -> dict[str, Any]:
    """One seed in one line."""
    test = manifest.metrics["test"]
    single = {name: figures for name, figures in test.items() if name != "both"}
    line: dict[str, Any] = {"seed": manifest.metrics["seed"], "validation_macro_f1": round(validated(manifest), 4)}
    for name, figures in single.items():
        line |= {f"{name}_accuracy": figures["accuracy"], f"{name}_macro_f1": figures["macro_f1"]}
    return {**line, "ece": test.get("both", next(iter(single.values())))["ece"]}


def spread(lines: Sequence[dict[str, Any]]) -> dict[str, tuple[float, float, float]]:
    """For each figure: mean, least and most over the seeds."""
    names = [name for name in lines[0] if name != "seed"]
    columns = {name: [float(line[name]) for line in lines] for name in names}
    return {name: (sum(values) / len(values), min(values), max(values)) for name, values in columns.items()}
