"""Whether the labels themselves are to be trusted: against posts whose label was agreed on beforehand.

A model that learned a little poison among much good data is hardly worse on test rows, so the labels are looked at
too. What counts is what the labellers said of golden posts, each with the weight that all labels were given.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from models.labelling.consensus import ENOUGH
from models.labelling.judgements import Judgement
from models.labels import EMOTIONS

TOLERATED = 0.2
"""The share of wrong labels that is borne: careful labellers are wrong about one post in ten."""


class Audit(NamedTuple):
    """How many golden posts were judged, and how many got another label than the one agreed on."""

    checked: int
    wrong: int

    @property
    def failed(self) -> bool:
        """More are wrong than is tolerated, by more than luck."""
        return self.least_wrong > TOLERATED

    @property
    def least_wrong(self) -> float:
        """The lower end of Wilson's 95 % interval for the share of wrong labels.

        >>> round(Audit(100, 37).least_wrong, 2), Audit(100, 14).failed, Audit(0, 0).failed
        (0.28, False, False)
        """
        if not self.checked:
            return 0.0
        z, share = 1.96, self.wrong / self.checked
        middle = share + z**2 / (2 * self.checked)
        spread = z * math.sqrt(share * (1 - share) / self.checked + z**2 / (4 * self.checked**2))
        return max(0.0, (middle - spread) / (1 + z**2 / self.checked))


def audited(said: Iterable[Judgement], golden: Mapping[str, str], weights: Mapping[str, float]) -> Audit:
    """Golden posts that nobody of enough weight judged say nothing, as such posts have no label either."""
    voices: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for item, labeller, label in said:
        if item in golden and label in EMOTIONS:
            voices[item][label] += weights.get(labeller, 0.0)
    settled = {item: votes for item, votes in voices.items() if sum(votes.values()) >= ENOUGH}
    heard = {item: max(sorted(votes), key=votes.__getitem__) for item, votes in settled.items()}
    return Audit(len(heard), sum(label != golden[item] for item, label in heard.items()))
