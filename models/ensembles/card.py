"""The page beside an ensemble that tells people what it is."""

from collections.abc import Mapping

from models.manifest import Manifest

_HOW = {
    "mean": "the mean of their chances",
    "product": "the product of their chances",
    "max": "the highest of their chances",
    "min": "the lowest of their chances",
    "weighted": "the mean of their chances, each weighted as fitted on validation rows",
}


def ensemble_card(manifest: Manifest) -> str:
    """In Markdown."""
    config = manifest.config
    weights = config["weights"] or [None] * len(config["members"])
    return "\n".join(
        [
            f"# {manifest.name}",
            "",
            f"An ensemble: it answers with {_HOW[config['how']]}.",
            "It holds no weights of its own and needs its members, exactly these versions, on the same machine:",
            "",
            *(_member(version, weight) for version, weight in zip(config["members"], weights, strict=True)),
            "",
            "| data | rows | accuracy | macro-F1 | ECE |",
            "|---|---|---|---|---|",
            *(_line(name, figures) for name, figures in manifest.metrics["test"].items()),
            "",
            "Measured on test rows; temperature and thresholds come from validation rows.",
            "",
            f"Licence: {manifest.licence}.",
            "",
        ]
    )


def _member(version: str, weight: float | None) -> str:
    return f"- `{version}`" + ("" if weight is None else f", weight {weight:.3f}")


def _line(name: str, figures: Mapping[str, float]) -> str:
    columns = (f"{figures['rows']:,}", *(f"{figures[key]:.4f}" for key in ("accuracy", "macro_f1", "ece")))
    return f"| {name} | {' | '.join(columns)} |"
