"""The model card: what a person should know before trusting a model, with its figures filled in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from models.manifest import Manifest, Threshold
from models.training.recipe import Recipe

_LIMITS = """## What it does not do

- It reads words, not people. A score is no diagnosis and no clinical probability, and must not be shown as one.
- It is no detector of crisis. Never rely on it to find a person in danger.
- It was measured on the test rows above and on nothing else: expect more errors on other kinds of text, other groups of
  writers and other years.
- Irony, quotations and talk about somebody else's feelings count as the writer's own."""

_ALL = "all together"


def card(manifest: Manifest, recipe: Recipe) -> str:
    """As Markdown. The recipe's remarks stand where those of models in general would."""
    parts = [
        f"# {manifest.name}",
        recipe.about or f"A {recipe.kind} model over the labels {', '.join(manifest.labels)}.",
        "## How it was made",
        "\n".join(_made(manifest, recipe)),
        "## Figures",
        _chosen(manifest),
        _table(_HEAD, _figures(manifest.metrics["test"])),
        *_report(manifest.metrics.get("report", {})),
        *_seeds(manifest.metrics.get("seeds", [])),
        f"ECE: 15 equal bins of confidence, at temperature {manifest.temperature}{_by_margin(manifest)} fitted on "
        "validation rows.",
        "Thresholds (thousandths with the best F1 on validation), and what they cost there:",
        _table(("emotion", "threshold", "precision", "recall"), _thresholds(_reached(manifest))),
        *_own_thresholds(manifest),
        "## Training and held-out rows",
        "\n".join(_rows(manifest.metrics.get("data", {}))),
        f"Licence: {manifest.licence}.",
        recipe.remarks or _LIMITS,
    ]
    return "\n\n".join(parts) + "\n"


_JUDGED = ("precision", "recall", "f1")
_HEAD = ("test split", "rows", "accuracy", "macro-F1", "ECE")


def _made(manifest: Manifest, recipe: Recipe) -> Iterator[str]:
    options = ", ".join(f"{name} {value}" for name, value in recipe.options.items()) or "its defaults"
    training = {name: value for name, value in recipe.as_dict()["training"].items() if name != "seed"}
    if not manifest.history:  # no epochs: only this of the training options was asked for
        training = {"weighting": training["weighting"]}
    yield f"- kind: {recipe.kind} ({options})"
    yield f"- data: {', '.join(recipe.data)}; labels of the scheme {manifest.scheme}: {', '.join(manifest.labels)}"
    yield f"- training: {', '.join(f'{name} {value}' for name, value in training.items())}"
    yield f"- languages: {', '.join(manifest.languages)}"
    yield "- weights are stored without pickle, and the folder's hashes are checked on every load"


def _chosen(manifest: Manifest) -> str:
    seed = f"Seed {manifest.metrics['seed']}"
    if len(manifest.metrics.get("seeds", [])) > 1:
        seed += (
            ", chosen among those below by the mean macro-F1 on validation; expect the mean of the seeds, not the "
            "best, from a training of your own"
        )
    return f"{seed}. The test rows decided nothing."


def _figures(test: Mapping[str, Mapping[str, float]]) -> Iterator[Sequence[object]]:
    for name, row in test.items():
        yield _ALL if name == "both" else name, row["rows"], row["accuracy"], row["macro_f1"], row["ece"]


def _report(report: Mapping[str, Any]) -> Iterator[str]:
    if report:
        yield "Each label on the test rows:"
        lines = [(label, *row.values()) for label, row in report["per_class"].items()]
        means = [(f"{how} mean", *(report[f"{how}_{what}"] for what in _JUDGED), "") for how in ("macro", "weighted")]
        yield _table(("label", "precision", "recall", "F1", "rows"), [*lines, *means])


def _seeds(lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if len(lines) > 1:
        yield _table([name.replace("_", " ") for name in lines[0]], (list(line.values()) for line in lines))


def _reached(manifest: Manifest) -> dict[str, Threshold]:
    """Without the emotions that none of its labels means."""
    return {label: point for label, point in manifest.thresholds.items() if label in manifest.mapping.values()}


def _thresholds(points: Mapping[str, Threshold]) -> Iterator[Sequence[object]]:
    for label, point in points.items():
        yield label, point.threshold, point.precision, point.recall


def _own_thresholds(manifest: Manifest) -> Iterator[str]:
    if manifest.label_thresholds:
        yield "The same for each of its own labels:"
        yield _table(("label", "threshold", "precision", "recall"), _thresholds(manifest.label_thresholds))


def _rows(data: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for name, count in data.items():
        yield (
            f"- {name}: {count['train']:,} training, {count['validation']:,} validation, {count['test']:,} test rows; "
            f"{count['dropped_train']} training and {count['dropped_validation']} validation rows were removed because "
            f"their text is also held out ({count['shared_train']} and {count['shared_validation']} within its own "
            "split)"
        )
    yield "- texts are compared without case and punctuation; test splits are whole"


def _table(head: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _by_margin(manifest: Manifest) -> str:
    return " and a scale by the lead of the best label," if manifest.by_margin else ""
