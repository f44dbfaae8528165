"""The worker's challenger: follows what `tideline models shadow` chose, scores its share, and is never in the way.

Whatever a challenger does, the batch goes on as if there were none. What it does wrong is said once, and after
`PATIENCE` batches in a row it is left alone by this worker until somebody chooses again.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from alerts.rules import Rules
from models.classifier import Classifier
from models.errors import ModelError
from models.how import whole
from models.transfer.transfer import from_knots
from storage.challenger import Trial, running_trial
from storage.points import NewPoint
from stream.challenger.chosen import is_chosen
from stream.challenger.errand import Errands
from stream.challenger.shadow import Shadow
from stream.challenger.standing import Standing
from stream.errors import StreamError, TooSlow
from stream.messages import Read
from stream.transfers import Scale

log = logging.getLogger("tideline.challenger")
PATIENCE = 3  # batches in a row
LOAD_SECONDS = 120.0
SLICE = 256  # texts between two looks at the clock
Scores = dict[str, tuple[int, ...]]


@dataclass
class _InHand:
    """A trial that this worker takes part in."""

    trial: Trial
    classifier: Classifier | None
    languages: frozenset[str]
    scale: Scale  # on which its scores are heard
    failures: int = 0  # batches in a row
    failed: bool = False  # in this batch


class Challengers:
    """One in a process. `load` makes a classifier of a version; `seconds` is what a batch waits at most."""

    def __init__(self, load: Callable[[str], Classifier], rules: Rules, seconds: float) -> None:
        self._load = load
        self._rules = rules
        self._seconds = seconds
        self._errands = Errands()
        self._wanted: Trial | None = None
        self._hand: _InHand | None = None
        self.standing: Standing | None = None

    def look(self, connection: Connection) -> None:
        """Which trial runs now; asked once a batch, together with who opted out."""
        self._wanted = running_trial(connection)

    def score(self, reads: Sequence[Read], in_use: frozenset[str]) -> Shadow | None:
        """The challenger's scores of its share of a batch that the champion has scored; None: there is no trial.

        `in_use` are the versions that score for real.
        """
        self._take_up()
        hand = self._hand
        if hand is None or self._is_in_use(hand, in_use):
            return None
        hand.failures, hand.failed = hand.failures if hand.failed else 0, False
        return Shadow(hand.trial, self._rules, hand.languages, hand.scale, self._scored(hand, reads), self._failed)

    def _take_up(self) -> None:
        """Load the challenger of another trial; one that cannot be loaded is not tried again before the next trial."""
        trial = self._wanted
        if trial is None:
            self._hand = self.standing = None
        elif self.standing is None or self._trial_id != trial.id:
            self._trial_id = trial.id
            self._hand, self.standing = None, Standing(trial.challenger, trial.share, "scoring")
            try:
                self._hand = self._loaded(trial)
            except Exception as error:  # whatever a challenger can do must not stop the champion
                self._switch_off(error)
            else:
                log.info("the challenger %s scores for %.4g of the people", trial.challenger, trial.share)

    def _loaded(self, trial: Trial) -> _InHand:
        classifier = self._errands.run(lambda: self._load(trial.challenger), LOAD_SECONDS)
        if classifier.version != trial.challenger:
            raise StreamError(f"the model found is {classifier.version}: import {trial.challenger} on this machine")
        curves = {(whole(trial.challenger), code): from_knots(found) for code, found in (trial.transfer or {}).items()}
        return _InHand(trial, classifier, classifier.languages, Scale(curves))

    def _is_in_use(self, hand: _InHand, in_use: frozenset[str]) -> bool:
        assert self.standing is not None
        same = hand.trial.challenger in in_use
        if same != (self.standing.state == "in use") and hand.classifier is not None:
            self.standing = replace(self.standing, state="in use" if same else "scoring")
        return same

    def _scored(self, hand: _InHand, reads: Sequence[Read]) -> Scores:
        classifier = hand.classifier
        points = [point for point in map(_own_words, reads) if point and self._is_for(hand, point)]
        if classifier is None or not points:
            return {}
        until = time.monotonic() + self._seconds
        try:
            scores = self._errands.run(lambda: _score(classifier, points, until), self._seconds)
        except Exception as error:  # as above: a bad text, no memory, a lost device, a bug
            self._failed(error)
            return {}
        assert self.standing is not None
        self.standing = replace(self.standing, scored=self.standing.scored + len(scores))
        return scores

    def _is_for(self, hand: _InHand, point: NewPoint) -> bool:
        return point.language in hand.languages and is_chosen(hand.trial.challenger, hand.trial.share, point.person)

    def _failed(self, error: Exception) -> None:
        """A batch goes on without the challenger. Told the first time, and when it was the last."""
        hand, standing = self._hand, self.standing
        if hand is None or standing is None or hand.classifier is None or hand.failed:
            return
        hand.failures, hand.failed = hand.failures + 1, True
        first = standing.dropped == 0
        self.standing = replace(standing, dropped=standing.dropped + 1, why=_said(error))
        if hand.failures >= PATIENCE:
            self._switch_off(error)
        elif first:
            log.warning(
                "the challenger %s is left out of a batch, which goes on without it: %s",
                hand.trial.challenger, _said(error),
            )  # fmt: skip

    def _switch_off(self, error: Exception) -> None:
        """For this worker, until another trial begins. Its people are still counted as missed; its memory is freed."""
        assert self.standing is not None
        self.standing = replace(self.standing, state="off", why=_said(error))
        if self._hand is not None:
            self._hand.classifier = None
        log.warning(
            "the challenger %s is off in this worker: %s; nothing else is touched. Begin again with `tideline models "
            "shadow`",
            self.standing.challenger, _said(error),
        )  # fmt: skip

    _trial_id = 0


def _own_words(read: Read) -> NewPoint | None:
    """A point that was scored and may teach; retweets never do."""
    point = read.record
    return point if isinstance(point, NewPoint) and point.scores is not None and not point.retweet else None


def _score(classifier: Classifier, points: Sequence[NewPoint], until: float) -> Scores:
    """In slices, so that a slow challenger stops soon after nobody waits for it any more."""
    found: Scores = {}
    for start in range(0, len(points), SLICE):
        if time.monotonic() > until:
            raise TooSlow("it took too long")
        some = points[start : start + SLICE]
        rows = classifier.emotions([point.text for point in some])
        found |= {point.key: tuple(row) for point, row in zip(some, rows.tolist(), strict=True)}
    return found


def _said(error: Exception) -> str:
    """Our own sentences hold no text of posts; of other errors only the kind is told, because they may."""
    return str(error) if isinstance(error, ModelError | StreamError) else type(error).__name__
