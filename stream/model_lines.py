"""What `tideline models` prints of a model."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from models.errors import ModelError
from models.manifest import Manifest, Threshold
from models.registry.entries import Entry
from stream.errors import SettingsInvalid
from stream.settings import Settings

HEAD = ("", "name", "version", "kind", "languages", "MB", "test rows: accuracy / macro-F1")


def entry_dict(entry: Entry) -> dict[str, Any]:
    """One model of `models list --json`."""
    manifest = entry.manifest
    known: dict[str, Any] = {"version": None, "kind": None, "languages": [], "test": {}}
    if manifest:
        known = {
            "version": manifest.version,
            "kind": manifest.kind,
            "languages": list(manifest.languages),
            "test": manifest.metrics.get("test", {}),
        }
    return {
        "name": entry.name,
        "in_use": entry.in_use,
        "shipped": entry.shipped,
        "bytes": entry.size,
        "folder": str(entry.folder),
        "problem": entry.problem,
        **known,
    }


def list_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """A table of the whole ones, then the broken ones with the reason."""
    rows = [HEAD] + [_row(entry, entry.manifest) for entry in entries if entry.manifest and not entry.problem]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    for entry in entries:
        if entry.problem:
            yield f"{'*' if entry.in_use else ' '}  {entry.name} cannot be used: {entry.problem}"


def _row(entry: Entry, manifest: Manifest) -> tuple[str, ...]:
    languages = ", ".join(manifest.languages)
    size = f"{entry.size / 1e6:.1f}"
    return ("*" * entry.in_use, entry.name, manifest.version, manifest.kind, languages, size, figures(manifest.metrics))


def figures(metrics: Mapping[str, Any]) -> str:
    """
    >>> figures({"test": {"emotion": {"rows": 2000, "accuracy": 0.929, "macro_f1": 0.8954}}})
    'emotion .929 / .895'
    """
    test = metrics.get("test", {})
    parts = [_figure(name, found) for name, found in test.items()] if isinstance(test, dict) else []
    return ", ".join(filter(None, parts)) or "not measured"


def _figure(name: str, found: Any) -> str | None:
    """None for what is not in the shape that a training writes."""
    if not isinstance(found, dict):
        return None
    values = (found.get("accuracy"), found.get("macro_f1"))
    if not all(isinstance(value, int | float) for value in values):
        return None
    return f"{name} " + " / ".join(f"{value:.3f}".removeprefix("0") for value in values)


def show_lines(folder: Path, manifest: Manifest) -> Iterator[str]:
    """The facts, the thresholds with what they cost, and how training went."""
    for name, value in _facts(folder, manifest).items():
        yield f"  {name:<12}  {value}"
    yield "thresholds of the emotions, on validation rows"
    yield from _threshold_lines(manifest.thresholds)
    if manifest.label_thresholds:
        yield "thresholds of its own labels"
        yield from _threshold_lines(manifest.label_thresholds)
    if manifest.history:
        count = len(manifest.history)
        yield f"training, {count} epoch{'s' if count > 1 else ''}"
        yield f"  first  {_epoch(manifest.history[0])}"
        yield f"  last   {_epoch(manifest.history[-1])}"


def _facts(folder: Path, manifest: Manifest) -> dict[str, str]:
    labels = ", ".join(manifest.labels)
    return {
        "version": manifest.version,
        "folder": str(folder),
        "kind": manifest.kind,
        "languages": ", ".join(manifest.languages),
        "labels": f"{labels} (scheme {manifest.scheme}{', several a text' if manifest.multi else ''})",
        "test": figures(manifest.metrics),
        "temperature": f"{manifest.temperature:.3f}",
        "licence": manifest.licence,
        "data": f"sha256 {manifest.data_sha256[:12] or 'not said'}",
    }


def _threshold_lines(thresholds: Mapping[str, Threshold]) -> Iterator[str]:
    width = max(map(len, thresholds))
    for label, found in thresholds.items():
        cost = f"precision {found.precision:.2f}, recall {found.recall:.2f}"
        yield f"  {label:<{width}}  from {found.threshold / 1000:.2f}: {cost}"


def _epoch(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in list(values.items())[:4])


def notes_on_choice(manifest: Manifest, settings: Settings) -> list[str]:
    """What running workers will do with a choice, beyond taking it up for every language they score."""
    from stream.routes import model_names

    try:
        names = model_names(settings.model_copy(update={"model": "default"}))
    except (ModelError, SettingsInvalid) as error:
        return [f"workers will keep the models they have: {error}"]
    return [
        f"{language} goes to {name}, {'by its route' if language in settings.routes else 'which ships for it'}: "
        f"{manifest.version} {'knows' if language in manifest.languages else 'does not know'} {language}"
        for language, name in names.items()
        if name != "default" and name != manifest.name
    ]
