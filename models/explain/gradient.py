"""Which words carry a score, found by gradient × input: one pass forward and one back, for networks alone.

After Denil, Demiraj & de Freitas, Extraction of Salient Sentences from Labelled Documents, 2014. A word's weight
is the sum over its vectors of vector times gradient: to first order, what the log chance of the label would
lose if the vectors were zero. Cheaper than leaving each word out, and less faithful.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.classifier import Classifier
from models.classify import ModelClassifier
from models.engine.network import NetworkModel
from models.errors import ModelUnusable
from models.explain.target import Target
from models.explain.words import Explained, spans
from models.labels import Floats
from models.networks.network import Encoder, padded


def by_gradient(classifier: Classifier, texts: Sequence[str], target: Target) -> list[Explained]:
    """Raises `ModelUnusable` for a model without word vectors."""
    model = classifier.model if isinstance(classifier, ModelClassifier) else None
    vectors = _vectors_of(model.network) if isinstance(model, NetworkModel) else None
    if not isinstance(classifier, ModelClassifier) or not isinstance(model, NetworkModel) or vectors is None:
        raise ModelUnusable(f"{classifier.version} has no word vectors to follow: use --explain-by occlusion.")
    chances = target.answer(classifier.predict(texts))
    best = chances.argmax(axis=1)
    members = [target.members[label] for label in best]
    saliency = _Saliency(model, vectors, classifier.manifest.temperature, classifier.scheme.multi)
    explained = []
    for row, text in enumerate(texts):
        words = [text[start:end] for start, end in spans(text)]
        weights = _by_word(model.encoder, words, saliency(text, members[row]))
        named = tuple(zip(words, weights, strict=True))
        explained.append(Explained(target.names[best[row]], float(chances[row, best[row]]), named))
    return explained


class _Saliency:
    """Gradient × input of each number that a text is encoded as."""

    def __init__(self, model: NetworkModel, vectors: nn.Module, temperature: float, multi: bool) -> None:
        self._model = model
        self._vectors = vectors
        self._temperature = temperature
        self._chances = functional.logsigmoid if multi else _log_softmax

    def __call__(self, text: str, labels: Sequence[int]) -> Floats:
        """(length) of one text, for the log of the summed chances of these labels."""
        network, encoder = self._model.network, self._model.encoder
        ids, lengths = padded(encoder.encode_all([text]), encoder.pad)
        with _caught(self._vectors) as caught, _at_rest(network), torch.enable_grad():
            logits = network(ids, lengths) / self._temperature  # (1, labels)
            log_chance = self._chances(logits)[0, list(labels)].logsumexp(dim=0)
            (gradient,) = torch.autograd.grad(log_chance, caught[0])  # (1, length, size)
        weights: Floats = (gradient * caught[0]).sum(dim=-1)[0].detach().double().numpy()
        return weights


def _log_softmax(logits: Tensor) -> Tensor:
    return logits.log_softmax(dim=-1)


def _vectors_of(network: nn.Module) -> nn.Module | None:
    """The layer that turns numbers into vectors, if the network has one."""
    body = getattr(network, "body", None)
    found = body.get_input_embeddings() if body is not None else getattr(network, "embedding", None)
    return found if isinstance(found, nn.Module) else None


@contextmanager
def _caught(layer: nn.Module) -> Iterator[list[Tensor]]:
    """What the layer gives, in a form whose gradient can be asked for."""
    caught: list[Tensor] = []

    def keep(_layer: nn.Module, _given: object, answer: Tensor) -> Tensor:
        caught.append(answer.detach().requires_grad_(True))
        return caught[-1]

    hook = layer.register_forward_hook(keep)
    try:
        yield caught
    finally:
        hook.remove()


@contextmanager
def _at_rest(network: nn.Module) -> Iterator[None]:
    """Without dropout, and back as it was."""
    training = network.training
    network.eval()
    try:
        yield
    finally:
        network.train(training)


def _by_word(encoder: Encoder, words: Sequence[str], weights: Floats) -> list[float]:
    """Each word's sum over the numbers that it was encoded as; words beyond what the model reads weigh nothing."""
    counts = _lengths(encoder, [f"a {word}" for word in words]) - _lengths(encoder, ["a"])
    ends = list(accumulate(np.maximum(counts, 0).tolist(), initial=_opening(encoder)))
    return [float(weights[start:end].sum()) for start, end in pairwise(ends)]


def _opening(encoder: Encoder) -> int:
    """How many numbers stand before the first word: one with BERT's tokenizers, none with a vocabulary."""
    one, other, both = encoder.encode_all(["a", "b", "a b"])
    surrounded = len(both) < len(one) + len(other)
    return int(surrounded and one[0] == other[0])


def _lengths(encoder: Encoder, texts: Sequence[str]) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    return np.array([len(ids) for ids in encoder.encode_all(texts)], dtype=np.int64)
