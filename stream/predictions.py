"""What `tideline predict` says of each text: as plain values, and as lines for people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.classifier import Classifier
from models.evaluation.asking import cuts_of
from models.explain.explain import Way, explain
from models.explain.words import Explained
from models.labels import EMOTIONS
from stream.text_files import Text

_DIGITS = 4
"""Digits beyond these may depend on which texts were scored together."""

_SHOWN, _BAR = 10, 24


@dataclass(frozen=True)
class Wish:
    """What is to be said of each text."""

    canonical: bool = False
    with_text: bool = False
    explain_by: Way | None = None


def predictions(classifier: Classifier, texts: Sequence[Text], wish: Wish) -> list[dict[str, Any]]:
    """One record a text. `label` and `scores` are in the model's own labels, or in the seven emotions."""
    said = [text.text for text in texts]
    scores = classifier.predict(said)
    own = not wish.canonical
    names = classifier.scheme.labels if own else EMOTIONS
    chances = scores.own if own else scores.emotions
    records = [_scored(names, row) for row in chances]
    if own and classifier.scheme.multi:
        _add(records, "labels", [_present(names, row >= cuts_of(classifier)) for row in chances])
    if own and set(names) != set(EMOTIONS):
        _add(records, "emotions", [_rounded(EMOTIONS, row) for row in scores.emotions])
    _add(records, "version", [classifier.version] * len(records))
    if wish.explain_by:
        _add(records, "words", [_words(one) for one in explain(classifier, said, wish.explain_by, wish.canonical)])
    return [record | _place(text, wish.with_text) for record, text in zip(records, texts, strict=True)]


def _add(records: Sequence[dict[str, Any]], name: str, values: Sequence[Any]) -> None:
    for record, value in zip(records, values, strict=True):
        record[name] = value


def _scored(names: Sequence[str], chances: "np.ndarray[Any, np.dtype[np.float64]]") -> dict[str, Any]:
    return {"label": names[int(chances.argmax())], "scores": _rounded(names, chances)}


def _rounded(names: Sequence[str], chances: "np.ndarray[Any, np.dtype[np.float64]]") -> dict[str, float]:
    return dict(zip(names, np.round(chances, _DIGITS).tolist(), strict=True))


def _present(names: Sequence[str], said: "np.ndarray[Any, np.dtype[np.bool_]]") -> list[str]:
    return [name for name, yes in zip(names, said, strict=True) if yes]


def _words(explained: Explained) -> list[list[Any]]:
    return [[word, round(weight, _DIGITS)] for word, weight in explained.words]


def _place(text: Text, with_text: bool) -> dict[str, Any]:
    place = {"file": text.file, "line": text.line} if text.file else {}
    return place | ({"text": text.text} if with_text else {})


# --- for people ---------------------------------------------------------------------------------------------


def shown(record: dict[str, Any]) -> Iterator[str]:
    """The label and its chance, the next two, and on request the text and the words that carry it."""
    scores = sorted(record["scores"].items(), key=lambda item: -item[1])
    wide = max(map(len, record["scores"])) + 1
    first = "  ".join(f"{name:<{wide}}{chance:.3f}" for name, chance in scores[:3])
    also = f"  says: {', '.join(record['labels']) or 'none'}" if "labels" in record else ""
    text = f"  {' '.join(record['text'].split())}" if "text" in record else ""
    yield f"{first}{also}{text}"
    yield from _bars(record.get("words", []))


def _bars(words: Sequence[Sequence[Any]]) -> Iterator[str]:
    """The heaviest words first: full bars speak for the label, hollow ones against it."""
    heaviest = sorted(words, key=lambda word: -abs(word[1]))[:_SHOWN]
    most = max((abs(weight) for _, weight in heaviest), default=0) or 1
    for word, weight in heaviest:
        bar = ("█" if weight > 0 else "░") * round(_BAR * abs(weight) / most)
        yield f"    {weight:+.3f} {bar:<{_BAR}} {word[:60]}"
