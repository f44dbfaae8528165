"""What the labellers together say of each item, each heard as far as they are to be believed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.labelling.judgements import NOBODY, Floats, Judgement, Table, tabulate
from models.labelling.weights import Kinds, at_first, kinds

ROUNDS = 100
SETTLED = 1e-3
ENOUGH = 0.3
"""The weights of those who judged an item must come to this, or it has no label."""

_PATTERN = 30.0  # answers: how firmly the crowd is first believed to err as `at_first` says, for each true label
_GUESSED = 0.5  # the model's guess is half a voice about labellers, and none about labels


class Agreed(NamedTuple):
    """The label that the labellers together give, and how likely it is that it is right."""

    label: str
    confidence: float


@dataclass(frozen=True)
class Consensus:
    """Each labeller's weight, 0 to 1, and each item's label. What nobody of weight judged is in `unsettled`."""

    weights: dict[str, float]
    labels: dict[str, Agreed]
    unsettled: tuple[str, ...]


def consensus(
    judgements: Iterable[Judgement],
    golden: Mapping[str, str] | None = None,
    guesses: Mapping[str, Mapping[str, float]] | None = None,
) -> Consensus:
    """Weigh the labellers by golden items, by each other, and a little by what the model guessed; then the items.

    A labeller's own word never speaks for that labeller. The guesses touch weights alone: where people contradict
    the model, the label is theirs. A label is always one that somebody of weight gave, or the golden one; a
    labeller who turns joy into fear is not heard the other way round. Nothing is drawn: the same judgements give
    the same answer in any order.

    It does not help against a majority that agrees on what is wrong, unless there are golden items.

    >>> said = [Judgement(str(item), who, "joy" if item % 2 else "fear") for item in range(20) for who in "abc"]
    >>> said += [Judgement(str(item), "turner", "fear") for item in range(20)]
    >>> found = consensus(said)
    >>> found.labels["1"].label, found.weights["a"] > 0.8, found.weights["turner"] < 0.01
    ('joy', True, True)
    """
    table = tabulate(judgements, golden, guesses)
    if not table.items:
        return Consensus({}, {}, ())
    return _Weighing(table).settle()


class _Weighing:
    """The arithmetic: what the labellers are and what the items are, each from the other, until neither moves."""

    def __init__(self, table: Table) -> None:
        size = len(table.labels)
        self._table = table
        self._shares = np.full(size, 1 / size)  # how common each label is
        self._crowd = at_first(size)
        self._model = at_first(size)  # what the model guesses, by truth
        self._kinds: Kinds = kinds(self._crowd)
        self._chances = np.tile(self._kinds.prior, (len(table.labellers), 1))  # (labellers, kinds)

    def settle(self) -> Consensus:
        for _ in range(ROUNDS):
            before = self._chances
            truth = self._truth(self._heard())
            self._learn_the_crowd(truth)
            self._weigh()
            if np.abs(self._chances - before).max() < SETTLED:
                break
        return self._found()

    def _heard(self) -> Floats:
        """(judgements, labels): log of how likely what was said is under each truth."""
        says = self._kinds.of(self._chances)
        return np.log(says[self._table.labeller, :, self._table.label])

    def _truth(self, heard: Floats) -> Floats:
        """(items, labels): the chance of each truth, by what people said."""
        return self._known(_chances(self._table.by_item(heard) + np.log(self._shares)))

    def _known(self, truth: Floats) -> Floats:
        golden = self._table.golden != NOBODY
        truth[golden] = np.eye(len(self._table.labels))[self._table.golden[golden]]
        return truth

    def _learn_the_crowd(self, truth: Floats) -> None:
        table, size = self._table, len(self._table.labels)
        weights = (self._chances @ self._kinds.worth)[table.labeller]
        said = np.eye(size)[table.label] * weights[:, None]
        self._crowd = _learned(truth[table.item].T @ said, _PATTERN)
        guessed = table.guess != NOBODY
        self._model = _learned(truth[guessed].T @ np.eye(size)[table.guess[guessed]], _PATTERN)
        self._shares = (truth.sum(axis=0) + 1) / (len(truth) + size)
        self._kinds = kinds(self._crowd)

    def _weigh(self) -> None:
        """The chance of each kind for each labeller, from what everybody else says of the same items."""
        heard = self._heard()
        others = self._table.by_item(heard)[self._table.item] - heard + np.log(self._shares) + self._hints()
        truth = _chances(others)  # (judgements, labels): with the labeller's own word left out
        golden = self._table.golden[self._table.item]
        truth[golden != NOBODY] = np.eye(len(self._table.labels))[golden[golden != NOBODY]]
        likely = np.log(self._likely(truth))
        self._chances = _chances(self._table.by_labeller(likely) + np.log(self._kinds.prior))

    def _likely(self, truth: Floats) -> Floats:
        """(judgements, kinds): how likely each kind is to have said what was said."""
        likely = np.empty((len(truth), len(self._kinds.prior)))
        for label in range(truth.shape[1]):
            said = self._table.label == label
            likely[said] = truth[said] @ self._kinds.says[:, :, label].T
        return likely

    def _hints(self) -> Floats:
        """(judgements, labels): what the model's guess says of the truth; nothing where it made none."""
        guess = self._table.guess[self._table.item]
        hints = _GUESSED * np.log(self._model[:, guess].T)
        hints[guess == NOBODY] = 0
        return hints

    def _found(self) -> Consensus:
        table = self._table
        weights = self._chances @ self._kinds.worth
        voices = self._voices(weights)
        truth = self._truth(self._heard())
        truth_said = np.where(voices > 0, truth, -1)
        settled = (voices.sum(axis=1) >= ENOUGH) | (table.golden != NOBODY)
        best = np.where(table.golden != NOBODY, table.golden, truth_said.argmax(axis=1))
        labels = {
            item: Agreed(table.labels[label], float(chances[label]))
            for item, label, chances, known in zip(table.items, best, truth, settled, strict=True)
            if known
        }
        unsettled = tuple(item for item in table.items if item not in labels)
        return Consensus(dict(zip(table.labellers, weights.tolist(), strict=True)), labels, unsettled)

    def _voices(self, weights: Floats) -> Floats:
        """(items, labels): the weight behind each label."""
        said = np.eye(len(self._table.labels))[self._table.label]
        return self._table.by_item(said * weights[self._table.labeller][:, None])


def _learned(counts: Floats, firmly: float) -> Floats:
    prior = firmly * at_first(len(counts))
    return (counts + prior) / (counts.sum(axis=1, keepdims=True) + firmly)  # type: ignore[no-any-return]


def _chances(logs: Floats) -> Floats:
    """Rows of logarithms as shares that sum to one."""
    shares = np.exp(logs - logs.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]
