"""Running a network fast, and giving every text the same answer whoever is scored beside it."""

import copy
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch

from models.calibration import softmax
from models.classifier import Thousandths
from models.errors import ModelOutage
from models.labels import EMOTIONS
from models.networks import BiLSTM, padded
from models.saved import SavedModel

TOKENS_PER_BATCH = 8192
"""Rows × longest row; bounds memory (about 50 MB) whatever the lengths. Larger batches were no faster."""

ENOUGH_ROWS, UNEVEN = 32, 1.2
"""A batch of enough rows is closed before it gets more uneven: a third less time for calls of 256 posts."""

DOUBT = 1e-3
"""In thousandths: values this close to a rounding boundary are computed again, alone.

The shipped model's 32-bit chances differ from its 64-bit ones by at most 0.00044 thousandths over 14,000 texts
(99,000 values); a test measures it again. About one post in 75 is in doubt.
"""

_MEMORY_SIGNS = ("out of memory", "allocate memory", "not enough memory", "ALLOC_FAILED", "could not create")


class NetworkClassifier:
    """A saved network as a `Classifier`: batches of similar length, bounded by tokens.

    The last bit of a sum depends on how the texts were batched, so scores are rounded to thousandths and
    those that stand within `DOUBT` of a boundary are evaluated alone, in 64-bit numbers. The noise of the
    32-bit pass is below `DOUBT`, so what is returned is always the rounding of the 64-bit value.

    The number of threads is left to whoever starts the process (`torch.set_num_threads`).

    >>> from models.load import load_classifier
    >>> scores = load_classifier("default").emotions(["i feel so sad and hopeless today"])
    >>> EMOTIONS[scores[0].argmax()]
    'sadness'
    """

    def __init__(self, model: SavedModel, device: str = "cpu", tokens: int = TOKENS_PER_BATCH) -> None:
        self.manifest = model.manifest
        self.version = model.manifest.version
        self.languages = frozenset(model.manifest.languages)
        self._vocabulary = model.vocabulary
        self._network = copy.deepcopy(model.network).to(device).eval()
        self._exact = _in_double(model.network)
        self._mapping = _mapping(model)
        self._tokens = tokens

    def emotions(self, texts: Sequence[str]) -> Thousandths:
        """Thousandths (texts, 7), the same for a text in whatever company."""
        encoded = [self._vocabulary.encode(text) for text in texts]
        return self._thousandths(encoded, self._chances(encoded) @ self._mapping)

    def probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Calibrated chances (texts, labels) over the model's own labels, unrounded."""
        return self._chances([self._vocabulary.encode(text) for text in texts])

    def _chances(self, encoded: list[list[int]]) -> npt.NDArray[np.float64]:
        logits = np.empty((len(encoded), len(self.manifest.labels)))
        for chosen in batches([len(ids) for ids in encoded], self._tokens):
            logits[chosen] = self._logits(self._network, [encoded[i] for i in chosen])
        return softmax(logits, self.manifest.temperature)

    def _thousandths(self, encoded: list[list[int]], scores: npt.NDArray[np.float64]) -> Thousandths:
        scaled = scores * 1000
        doubtful = (np.abs(scaled - np.floor(scaled) - 0.5) < DOUBT).any(axis=1)
        for row in np.flatnonzero(doubtful):
            chances = softmax(self._logits(self._exact, [encoded[row]]), self.manifest.temperature)
            scaled[row] = (chances @ self._mapping)[0] * 1000
        return np.floor(scaled + 0.5).astype(np.int16)

    def _logits(self, network: BiLSTM, encoded: list[list[int]]) -> npt.NDArray[np.float64]:
        """One forward pass; when memory runs out, two of half the size."""
        try:
            return self._forward(network, encoded)
        except (MemoryError, RuntimeError) as error:
            if not is_outage(error):
                raise
            if len(encoded) == 1:
                raise ModelOutage("The model has no memory or lost its device: try again later.") from error
        half = len(encoded) // 2
        return np.concatenate([self._logits(network, part) for part in (encoded[:half], encoded[half:])])

    @torch.inference_mode()
    def _forward(self, network: BiLSTM, encoded: list[list[int]]) -> npt.NDArray[np.float64]:
        device = network.output.weight.device
        ids, lengths = padded(encoded)
        answer: npt.NDArray[np.float64] = network(ids.to(device), lengths.to(device)).double().cpu().numpy()
        return answer


def is_outage(error: BaseException) -> bool:
    """No memory, or the device is gone: not the texts' fault."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError | torch.AcceleratorError) or any(
        sign in str(error) for sign in _MEMORY_SIGNS
    )


def batches(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Row numbers, shortest texts first, in batches with little filling and at most `tokens` numbers.

    >>> list(batches([9, 2, 3, 2], tokens=9))
    [[1, 3, 2], [0]]
    """
    chosen: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if chosen and _full(len(chosen), lengths[chosen[0]], lengths[row], tokens):
            yield chosen
            chosen = []
        chosen.append(row)
    if chosen:
        yield chosen


def _full(rows: int, shortest: int, longest: int, tokens: int) -> bool:
    """Whether the next text must wait for another batch: too many tokens, or enough rows and uneven."""
    return (rows + 1) * longest > tokens or (rows >= ENOUGH_ROWS and longest > UNEVEN * shortest)


def _in_double(network: BiLSTM) -> BiLSTM:
    """The same network calculating in 64 bits; the word vectors, most of its size, are shared as they are."""
    words = network.embedding
    double = copy.deepcopy(network).double().eval()
    double.embedding = words
    return double


def _mapping(model: SavedModel) -> npt.NDArray[np.float64]:
    """(labels, 7): which label's chance goes to which emotion."""
    matrix = np.zeros((len(model.manifest.labels), len(EMOTIONS)))
    for row, label in enumerate(model.manifest.labels):
        matrix[row, EMOTIONS.index(model.manifest.mapping[label])] = 1
    return matrix
