"""What `tideline train` and `tideline reproduce` found, as text and as JSON."""

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stream.evaluation_page import per_class

if TYPE_CHECKING:
    from models.manifest import Manifest
    from models.training.reproduce import Outcome

_WIDE = 100
_EXAMPLES = {"en": "i feel so hopeful today", "ko": "오늘은 정말 기분이 좋다"}


def summary(manifest: "Manifest", folder: Path) -> dict[str, Any]:
    """One object for scripts."""
    metrics = manifest.metrics
    return {
        "model": manifest.name,
        "version": manifest.version,
        "folder": str(folder),
        "seed": metrics["seed"],
        "scheme": manifest.scheme,
        "labels": list(manifest.labels),
        "temperature": manifest.temperature,
        **{part: metrics[part] for part in ("test", "report", "validation", "seeds", "data")},
        "history": manifest.history,
    }


def page(manifest: "Manifest", folder: Path, shelf: Path) -> Iterator[str]:
    """For people: rows, figures, where it is, what next. `shelf` is where the person's own models are."""
    metrics = manifest.metrics
    yield f"{manifest.version}: labels {', '.join(manifest.labels[:10])}{', …' if len(manifest.labels) > 10 else ''}"
    yield from _rows(metrics["data"])
    yield ""
    yield f"{'test split':<24}{'rows':>8}{'accuracy':>10}{'macro-F1':>10}{'ECE':>9}"
    for name, row in metrics["test"].items():
        shown = "all together" if name == "both" else name
        yield f"{shown:<24}{row['rows']:>8,}{row['accuracy']:>10.4f}{row['macro_f1']:>10.4f}{row['ece']:>9.4f}"
    yield ""
    yield from per_class(metrics["report"])
    yield from _seeds(metrics["seeds"], metrics["seed"])
    yield ""
    yield f"written to {folder}; next:"
    yield f"  tideline evaluate --model {folder} --data {_first(manifest)}"
    yield f'  tideline predict --model {folder} "{_EXAMPLES.get(manifest.languages[0], _EXAMPLES["en"])}"'
    yield from _using(manifest.name, folder, shelf)


def _using(name: str, folder: Path, shelf: Path) -> Iterator[str]:
    if folder.resolve().parent != shelf.resolve():
        yield f"  tideline models import {folder}"
    yield f"  tideline models use {name}"


def _first(manifest: "Manifest") -> str:
    return str((manifest.training.get("data") or ["FILE"])[0])


def _rows(data: dict[str, dict[str, int]]) -> Iterator[str]:
    for name, count in data.items():
        yield (
            f"{name}: {count['train']:,} training, {count['validation']:,} validation and {count['test']:,} test rows"
        )
        yield f"  {_left_out(count)}"


def _left_out(count: dict[str, int]) -> str:
    if not (count["dropped_train"] or count["dropped_validation"]):
        return "no training text is also held out"
    own = f"{count['shared_train']} and {count['shared_validation']} in its own split"
    return (
        f"left out: {count['dropped_train']} training and {count['dropped_validation']} validation rows whose text is "
        f"also held out ({own})"
    )


def _seeds(lines: Sequence[dict[str, Any]], kept: int) -> Iterator[str]:
    from models.training.seeds import spread

    if len(lines) < 2:
        return
    yield ""
    yield f"{f'over {len(lines)} seeds; {kept} is kept':<34}{'mean':>8}{'least':>9}{'most':>9}"
    for name, (mean, least, most) in spread(lines).items():
        yield f"{name.replace('_', ' '):<34}{mean:>8.4f}{least:>9.4f}{most:>9.4f}"


def compared(outcomes: "Sequence[Outcome]") -> Iterator[str]:
    """Published beside obtained, then for each run why they differ."""
    yield f"{'run':<36}{'published':>10}{'obtained':>10}{'difference':>12}   least to most"
    for one in outcomes:
        yield f"{one.preset:<36}{one.published:>10.4f}{_obtained(one)}"
    for one in outcomes:
        yield ""
        yield f"{one.preset}: {one.source}"
        told = f"Not run: {one.not_run}" if one.not_run else f"Why they differ: {one.why}"
        yield from _wrapped(told)
        yield from _wrapped(f"Not known: {one.unknown}")


def _obtained(one: "Outcome") -> str:
    if one.obtained is None:
        return f"{'not run':>10}"
    return f"{one.obtained:>10.4f}{one.difference:>+12.4f}   {one.least:.4f} to {one.most:.4f} ({one.seeds} seeds)"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDE, initial_indent="  ", subsequent_indent="  ")
