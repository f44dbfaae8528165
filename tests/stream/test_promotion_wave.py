"""Promoting an equally good model causes no wave of alerts. The full measurement is benchmarks/promotion.py."""

from collections.abc import Mapping

import numpy as np
import pytest

from alerts.composed.options import HistoryOptions
from alerts.rules import Rules, load_rules
from benchmarks.promotion import NONE, TRANSFER, USUAL, compared, mixed, shifted
from models.classifier import Thousandths
from models.labels import EMOTIONS
from models.transfer.offsets import Both, offsets
from models.transfer.transfer import from_knots, measured

PEOPLE = HistoryOptions(people=60, days=86, planted=0.2, decoys=0.2, onset_after=30, onset_before_end=30)
CUT = 55


def pools(texts: int = 200, seed: int = 1) -> tuple[Mapping[str, Thousandths], Mapping[str, Thousandths]]:
    """Two models, equally good: most of their mistakes are common, some are each one's own."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.eye(7), texts, axis=0) * 3.0  # (7 * texts, 7)
    common = rng.normal(0, 1.6, truth.shape)
    found = []
    for _ in range(2):
        odds = np.exp(truth + common + rng.normal(0, 0.6, truth.shape))
        rows = np.rint(1000 * odds / odds.sum(axis=1, keepdims=True)).astype(np.int16)
        found.append(dict(zip(EMOTIONS, np.split(rows, 7), strict=True)))
    return found[0], found[1]


def of_people() -> Rules:
    return Rules(tuple(rule for rule in load_rules(None).all if rule.options.subject == "person"))


def test_a_promotion_with_its_transfer_causes_no_wave_of_alerts_and_without_one_it_does() -> None:
    """The new model learned from another balance of emotions, as from labels of posts that were worth a look."""
    old, other = pools()
    new = shifted(other, PEOPLE.mix, 1.0)
    known = mixed(new, old, PEOPLE.mix, 1500, 1)
    found = compared(old, new, known, PEOPLE, 1, (CUT,), of_people(), (USUAL, NONE, TRANSFER))
    totals = {name: counts.total() for name, counts in found.items()}
    assert totals[USUAL] >= 8, totals
    assert totals[NONE] > 1.4 * totals[USUAL], totals
    assert totals[TRANSFER] <= 1.2 * totals[USUAL], totals


def test_a_curve_gives_new_scores_the_mean_and_the_spread_of_the_old() -> None:
    old, other = pools()
    new = shifted(other, PEOPLE.mix, 1.0)
    learned, unseen = (mixed(new, old, PEOPLE.mix, 4000, seed) for seed in (1, 2))
    after = measured(learned.new, learned.heard).heard_all(unseen.new)
    assert np.abs(unseen.new.mean(axis=0) - unseen.heard.mean(axis=0)).max() > 60
    assert after.mean(axis=0) == pytest.approx(unseen.heard.mean(axis=0), abs=10)
    assert after.std(axis=0) == pytest.approx(unseen.heard.std(axis=0), rel=0.05)


def test_what_is_left_for_a_person_is_drawn_towards_nothing_where_few_texts_say_it() -> None:
    rng = np.random.default_rng(1)
    same = from_knots(dict.fromkeys(EMOTIONS, ((0, 0), (1000, 1000))))
    people = {f"p{number}": _person(rng, texts=2 + 38 * (number % 2), shift=-60) for number in range(60)}
    people |= {f"q{number}": _person(rng, texts=2 + 38 * (number % 2), shift=60) for number in range(60)}
    found = offsets(people, same)
    few, many = (np.mean([found[f"p{n}"].values[0] for n in range(first, 60, 2)]) for first in (0, 1))
    assert many == pytest.approx(-60, abs=8)
    assert -55 < few < -20
    assert offsets(dict(list(people.items())[:5]), same) == {}, "five people cannot tell how people differ"


def _person(rng: np.random.Generator, texts: int, shift: int) -> Both:
    new = rng.integers(300, 600, (texts, 7)).astype(np.int16)
    return Both(new, (new + shift + rng.normal(0, 80, new.shape)).astype(np.int16))


@pytest.mark.parametrize("knots", [[], [(0, 0)], [(0, 0), (0, 5), (1000, 9)], [(0, 0), (1000, 1001)]])
def test_stored_curves_that_could_not_be_applied_are_refused(knots: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="no curves of the seven emotions"):
        from_knots(dict.fromkeys(EMOTIONS, knots))
