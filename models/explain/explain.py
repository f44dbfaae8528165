"""The words that carry a model's score."""

from collections.abc import Sequence
from typing import Literal

from models.classifier import Classifier
from models.explain.occlusion import occluded
from models.explain.target import canonical_target, own_target
from models.explain.words import Explained

Way = Literal["occlusion", "gradient"]


def explain(
    classifier: Classifier, texts: Sequence[str], way: Way = "occlusion", canonical: bool = False
) -> list[Explained]:
    """Each text's best label, among the model's own or the seven emotions, and what each word does for it.

    >>> from models.keywords import KeywordClassifier
    >>> found = explain(KeywordClassifier(), ["so sad today"])[0]
    >>> found.label, max(found.words, key=lambda word: word[1])[0]
    ('sadness', 'sad')
    """
    target = (canonical_target if canonical else own_target)(classifier.scheme)
    if way == "occlusion":
        return occluded(classifier, texts, target)
    from models.explain.gradient import by_gradient

    return by_gradient(classifier, texts, target)
