"""The figures of `tideline evaluate` as a page of text, 100 columns wide."""

import textwrap
from collections.abc import Iterator
from typing import Any

WIDE = 100
_MOST_CELLS = 10
"""More labels than this make no readable confusion table; --json has it whole."""


_ASKED = {"all": "every label", "those in the data": "the labels that the data has"}


def page(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['version']} on {found['data']}" + (f" ({found['split']})" if found["split"] else "")
    yield from _how(found)
    yield ""
    yield from _figures(found)
    yield ""
    yield from per_class(found)
    yield from _confusion(found)
    yield from _compared(found)
    yield from _kept(found)
    yield from _mistakes(found)


def _how(found: dict[str, Any]) -> Iterator[str]:
    out = f", {found['left_out']:,} left out: they mean nothing to the model" if found["left_out"] else ""
    yield f"  rows         {found['n']:,}{out}"
    yield f"  measured in  {found['measured_in']} ({found['how']}); asked for {_ASKED[found['labels_asked']]}"
    yield f"  speed        {found['posts_per_second']:,.0f} posts a second"


def _figures(found: dict[str, Any]) -> Iterator[str]:
    yield f"{'':<14}{'value':>7}   95 % interval"
    for name in ("accuracy", "macro_f1", "weighted_f1"):
        low, high = found["intervals"][name]
        yield f"  {_title(name):<12}{found[name]:>7.4f}   {low:.4f} to {high:.4f}"
    if "micro_f1" in found:
        yield f"  {'micro F1':<12}{found['micro_f1']:>7.4f}"
    for name in ("ece", "brier"):
        yield f"  {name.upper() if name == 'ece' else 'Brier':<12}{found[name]:>7.4f}   {_before(found, name)}"


def _title(name: str) -> str:
    return name.replace("_f1", " F1")


def _before(found: dict[str, Any], name: str) -> str:
    return f"{found[f'{name}_uncalibrated']:.4f} before calibration"


def per_class(found: dict[str, Any]) -> Iterator[str]:
    """Precision, recall, F1 and rows of each label, then their plain and their weighted means."""
    wide = _widest(found["per_class"])
    yield f"  {'label':<{wide}}{'precision':>11}{'recall':>9}{'F1':>9}{'rows':>9}"
    for label, row in found["per_class"].items():
        numbers = f"{row['precision']:>11.4f}{row['recall']:>9.4f}{row['f1']:>9.4f}{row['support']:>9,}"
        yield f"  {label:<{wide}}{numbers}"
    for average in ("macro", "weighted"):
        numbers = f"{found[f'{average}_precision']:>11.4f}{found[f'{average}_recall']:>9.4f}"
        yield f"  {average:<{wide}}{numbers}{found[f'{average}_f1']:>9.4f}"


def _confusion(found: dict[str, Any]) -> Iterator[str]:
    labels = found["labels"]
    if "micro_f1" in found or len(labels) > _MOST_CELLS:
        return
    wide, cell = _widest(labels), max(7, min(9, _widest(labels) + 1))
    yield ""
    yield "  true ↓  said →".ljust(wide + 2) + "".join(f"{label[: cell - 1]:>{cell}}" for label in labels)
    for label, row in zip(labels, found["confusion"], strict=True):
        yield f"  {label:<{max(wide, 14)}}" + "".join(f"{count:>{cell},}" for count in row)


def _widest(labels: Any) -> int:
    return max(len("weighted"), *(len(label) for label in labels))


def _compared(found: dict[str, Any]) -> Iterator[str]:
    test = found["mcnemar"]
    if not test:
        return
    yield ""
    yield f"  against {test['against']} on {test['n']:,} rows: {test['accuracy']:.4f} to {test['other_accuracy']:.4f}"
    yield (
        f"  right where the other is wrong {test['only_this_right']:,}, the reverse {test['only_other_right']:,}; "
        f"McNemar p {_chance(test['p'])} ({test['test']})"
    )


def _kept(found: dict[str, Any]) -> Iterator[str]:
    if kept := found.get("kept"):
        yield ""
        what = "answers and vectors" if kept["vectors"] else "answers (the model is no network, so no vectors)"
        yield f"  {what} of {found['n']:,} rows written to {kept['file']}; numpy.load reads them"


def _chance(p: float) -> str:
    return f"= {p:.4f}" if p >= 0.0001 else "< 0.0001"


def _mistakes(found: dict[str, Any]) -> Iterator[str]:
    for mistake in found.get("mistakes", []):
        yield ""
        true, said = _words(mistake["true"]), _words(mistake["said"])
        yield f"  row {mistake['row']}: {true}, said {said} ({mistake['chance']:.2f})"
        text = " ".join(mistake["text"].split())
        yield from textwrap.wrap(
            textwrap.shorten(text, 4 * WIDE), WIDE, initial_indent="    ", subsequent_indent="    "
        )


def _words(labels: str | list[str]) -> str:
    return labels if isinstance(labels, str) else " and ".join(labels) or "nothing"
