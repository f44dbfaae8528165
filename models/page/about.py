"""What the model says of itself: its origin, its terms, and how it was trained."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from models.evaluation.calibration import calibration_error
from models.evaluation.judging import figures_of
from models.manifest import Manifest
from models.page.facts import Facts
from models.page.tables import pairs


def tiles(facts: Facts) -> str:
    """The few figures that everybody asks for first."""
    manifest = facts.manifest
    shown = {"kind": escape(manifest.kind), "size on disk": megabytes(facts.size)}
    if facts.measured:
        verdict = facts.measured.together
        figures = figures_of(verdict)
        shown |= {
            "test rows": f"{len(verdict.truth):,}",
            "every label right" if manifest.multi else "accuracy": f"{figures['accuracy']:.3f}",
            "macro-F1": f"{figures['macro_f1']:.3f}",
            "calibration error": f"{calibration_error(verdict.chances, verdict.truth):.3f}",
        }
    return '<ul class="tiles">' + "".join(f"<li><b>{value}</b>{name}</li>" for name, value in shown.items()) + "</ul>"


def identity(facts: Facts) -> str:
    manifest = facts.manifest
    return pairs(
        "The model",
        {
            "version": f"<code>{escape(manifest.version)}</code>",
            "kind": escape(manifest.kind),
            "labels": escape(", ".join(manifest.labels)) + (" (several at once)" if manifest.multi else ""),
            "label scheme": escape(manifest.scheme),
            "languages": escape(", ".join(manifest.languages)),
            "licence": escape(manifest.licence),
            "size on disk": megabytes(facts.size),
            "shape": _listed(manifest.config),
            "temperature": f"{manifest.temperature:g}",
            "data, SHA-256": f"<code>{escape(manifest.data_sha256)}</code>" if manifest.data_sha256 else "not stated",
        },
    )


def recipe(facts: Facts) -> str:
    """How and, where the manifest says it, when it was trained."""
    manifest = facts.manifest
    noted = {name: _value(value) for name, value in _flat(_relevant(manifest)) if value not in (None, "", [], {})}
    noted = {"epochs run": str(len(manifest.history)), **noted} if manifest.history else noted
    if "seed" in manifest.metrics and "training seed" not in noted:
        noted["seed"] = _value(manifest.metrics["seed"])
    return pairs("The training", noted) if noted else "<p>The model does not say how it was trained.</p>"


def _relevant(manifest: Manifest) -> Mapping[str, Any]:
    """A model that went through no epochs was not touched by the options of those, but for the seed."""
    options = manifest.training.get("training")
    if manifest.history or not isinstance(options, Mapping):
        return manifest.training
    return {**manifest.training, "training": {name: options[name] for name in ("seed",) if name in options}}


def megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Names of nested values are joined; underscores are for programs."""
    for name, value in values.items():
        shown = f"{prefix} {name.replace('_', ' ')}".strip()
        if isinstance(value, Mapping):
            yield from _flat(value, shown)
        else:
            yield shown, value


def _value(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return escape(", ".join(str(one) for one in value))
    return escape(f"{value:g}" if isinstance(value, float) else str(value))


def _listed(values: Mapping[str, Any]) -> str:
    """Only plain values; what is deeper is for programs."""
    plain = {name: value for name, value in _flat(values) if isinstance(value, str | int | float)}
    return ", ".join(f"{escape(name)} {_value(value)}" for name, value in plain.items()) or "none"
