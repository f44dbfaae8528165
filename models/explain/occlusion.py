"""Which words carry a score, found by leaving each of them out. True of any classifier."""

from collections.abc import Sequence

from models.classifier import Classifier
from models.explain.target import Target
from models.explain.words import Explained, Span, spans, without


def occluded(classifier: Classifier, texts: Sequence[str], target: Target) -> list[Explained]:
    """A word's weight is by how much the chance of the text's best label falls without it.

    All texts and all their shortened forms are scored in one call.
    """
    found = [spans(text) for text in texts]
    asked = [form for text, words in zip(texts, found, strict=True) for form in _forms(text, words)]
    chances = target.answer(classifier.predict(asked))
    explained, at = [], 0
    for text, words in zip(texts, found, strict=True):
        rows = chances[at : at + len(words) + 1]
        best = int(rows[0].argmax())
        falls = (rows[0, best] - rows[1:, best]).tolist()
        named = tuple((text[start:end], fall) for (start, end), fall in zip(words, falls, strict=True))
        explained.append(Explained(target.names[best], float(rows[0, best]), named))
        at += len(words) + 1
    return explained


def _forms(text: str, words: Sequence[Span]) -> list[str]:
    """The text, and the text without each word in turn."""
    return [text, *(without(text, [word]) for word in words)]
