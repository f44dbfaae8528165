"""What labellers said, as numbers: the shape that everything about the quality of labels starts from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
NOBODY = -1


class Judgement(NamedTuple):
    """One labeller's word on one item."""

    item: str
    labeller: str
    label: str


@dataclass(frozen=True)
class Table:
    """Judgements as places in three sorted lists; of two by one labeller on one item the last counts.

    >>> table = tabulate([Judgement("1", "b", "joy"), Judgement("1", "a", "fear"), Judgement("1", "b", "anger")])
    >>> table.labellers, table.labels
    (('a', 'b'), ('anger', 'fear'))
    >>> [table.labels[place] for place in table.label]
    ['fear', 'anger']
    """

    items: tuple[str, ...]
    labellers: tuple[str, ...]
    labels: tuple[str, ...]
    item: Places  # (judgements,)
    labeller: Places  # (judgements,)
    label: Places  # (judgements,)
    golden: Places  # (items,): the place of the known label, or NOBODY
    guess: Places  # (items,): the place of the model's first guess, or NOBODY

    def by_item(self, values: Floats) -> Floats:
        """Sums of a row for each judgement, by item."""
        return _sums(self.item, len(self.items), values)

    def by_labeller(self, values: Floats) -> Floats:
        """Sums of a row for each judgement, by labeller."""
        return _sums(self.labeller, len(self.labellers), values)


def tabulate(
    judgements: Iterable[Judgement],
    golden: Mapping[str, str] | None = None,
    guesses: Mapping[str, Mapping[str, float]] | None = None,
) -> Table:
    """The order of the judgements decides nothing but which of a labeller's two words on an item is the last."""
    last = {(item, labeller): label for item, labeller, label in judgements}
    items = sorted({item for item, _ in last})
    known = dict(golden or {})
    guessed = {item: _likeliest(chances) for item, chances in (guesses or {}).items() if chances}
    labels = sorted({*last.values(), *_of(items, known), *_of(items, guessed)})
    rows = sorted(last)
    labellers = sorted({labeller for _, labeller in rows})
    return Table(
        tuple(items),
        tuple(labellers),
        tuple(labels),
        _places([item for item, _ in rows], items),
        _places([labeller for _, labeller in rows], labellers),
        _places([last[row] for row in rows], labels),
        _places([known.get(item) for item in items], labels),
        _places([guessed.get(item) for item in items], labels),
    )


def _likeliest(chances: Mapping[str, float]) -> str:
    return max(sorted(chances), key=chances.__getitem__)


def _of(items: Sequence[str], known: Mapping[str, str]) -> set[str]:
    return {known[item] for item in items if item in known}


def _places(values: Sequence[str | None], among: Sequence[str]) -> Places:
    place = {value: number for number, value in enumerate(among)}
    return np.array([NOBODY if value is None else place[value] for value in values], dtype=np.int64)


def _sums(places: Places, count: int, values: Floats) -> Floats:
    rows = np.arange(len(places))
    belongs = csr_array((np.ones(len(places)), (places, rows)), shape=(count, len(places)))
    return belongs @ values  # type: ignore[no-any-return]
