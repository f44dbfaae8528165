"""The arithmetic of retraining: who is held out, what is left out, what is mixed in, and who is better."""

from datetime import UTC, datetime, timedelta

import numpy as np

from models.data.rows import Corpus, Row
from models.labelling.judgements import Judgement
from models.retraining.agreeing import settled
from models.retraining.answers import Sides
from models.retraining.auditing import Audit, audited
from models.retraining.cleaning import cleaned
from models.retraining.comparing import compared
from models.retraining.deciding import AlertFigures, judged
from models.retraining.items import Item, Judged
from models.retraining.mixing import Mix, mixed
from models.retraining.parting import Shares, parted
from models.schemes import scheme

START = datetime(2025, 1, 1, tzinfo=UTC)
LABELS = ("sadness", "joy", "anger")


def item(number: int, person: int = 0, words: str = "", confidence: float = 1.0) -> Item:
    sent_at = START + timedelta(hours=number)
    return Item(str(number), f"person-{person}", sent_at, "en", words or f"words {number}", "joy", confidence)


def test_neither_a_person_nor_a_moment_is_on_both_sides() -> None:
    items = [item(number, number % 50) for number in range(1000)]
    parts = parted(items, Shares(0.2, 0.2))
    learned, tested = parts.train, parts.test
    assert {one.person for one in learned}.isdisjoint({one.person for one in (*tested, *parts.validation)})
    assert max(one.sent_at for one in (*learned, *parts.validation)) < min(one.sent_at for one in tested)
    assert sum(map(len, parts[:4])) == len(items)
    assert len(learned) > 500
    assert len(tested) > 20


def test_who_is_held_out_stays_held_out_when_there_are_more_labels() -> None:
    first = parted([item(number, number % 50) for number in range(300)])
    later = parted([item(number, number % 80) for number in range(2000)])
    assert {one.person for one in first.validation}.isdisjoint(one.person for one in (*later.train, *later.later))


def test_texts_of_test_sets_and_repeated_ones_are_left_out_and_counted() -> None:
    items = [item(1, words="So HAPPY!"), item(2, words="so happy", confidence=0.9), item(3, words="tested"), item(4)]
    kept, lost = cleaned(items, {"tested"})
    assert [one.key for one in kept] == ["1", "4"]
    assert lost == {"the same text again": 1, "in a test set": 1}


def test_a_human_label_replaces_base_rows_of_its_text_also_in_validation_but_never_in_test() -> None:
    rows = [Row(f"text {number}", ("joy",)) for number in range(6)]
    base = Corpus("base", scheme("canonical"), tuple(rows[:2]), tuple(rows[2:4]), tuple(rows[4:]))
    label, held = Row("Text 0", ("anger",)), Row("text 1", ("fear",))
    found = mixed([base], [label, Row("TEXT 2!", ("love",))], [], [held], Mix(copies=2))
    assert found.corpora[0].train == (label, Row("TEXT 2!", ("love",))) * 2
    assert found.corpora[0].validation == (rows[3],)
    assert found.corpora[0].test == base.test
    assert (found.from_train, found.from_validation) == (2, 1)


def test_without_weights_the_majority_is_believed_and_a_tie_is_no_label() -> None:
    def post(key: str, *said: str) -> Judged:
        judgements = tuple(Judgement(key, f"labeller-{place}", label) for place, label in enumerate(said))
        return Judged(key, "person", START, "en", "words", judgements)

    posts = [post("1", "joy", "joy", "anger"), post("2", "joy", "anger"), post("3", "skip")]
    found = settled(posts, {}, weighted=False)
    assert [(one.key, one.emotion) for one in found.items] == [("1", "joy")]
    assert found.lost == {"labellers disagree": 1, "unsure or skipped": 1}


def answers(share_right: float, wrong_on: str = "") -> Sides:
    """300 rows; the champion has nine of ten of each label right, the challenger this share, and `wrong_on` mostly
    wrong."""
    truth = np.repeat(np.arange(3), 100)
    chance = np.random.default_rng(1)
    eye = np.eye(3, dtype=np.bool_)
    champion = np.where(chance.random(300) < 0.9, truth, (truth + 1) % 3)
    challenger = np.where(chance.random(300) < share_right, truth, (truth + 1) % 3)
    if wrong_on:
        place = LABELS.index(wrong_on)
        challenger = np.where((truth == place) & (chance.random(300) < 0.5), (place + 1) % 3, challenger)
    return Sides("rows", LABELS, eye[truth], eye[champion], eye[challenger])


def test_worse_on_one_label_beyond_noise_is_worse_whatever_the_others_do() -> None:
    found = judged([compared(answers(1.0, wrong_on="anger"), 500)], [])
    assert found.verdict == "worse"
    assert any(reason.startswith("Anger is worse on rows") for reason in found.reasons)


def test_better_altogether_is_better_and_a_little_luck_is_equal() -> None:
    assert judged([compared(answers(1.0), 500)], []).verdict == "better"
    assert judged([compared(answers(0.9), 500)], []).verdict == "equal"


def test_the_very_same_answers_are_equal_and_no_test_finds_a_difference() -> None:
    same = answers(0.9)._replace(challenger=answers(0.9).champion)
    found = compared(same, 500)
    assert (found.macro.gain, found.macro.p, found.mcnemar["p"]) == (0.0, 1.0, 1.0)


def test_a_set_of_few_rows_is_shown_and_decides_nothing() -> None:
    def few(sides: Sides) -> Sides:
        return Sides("few rows", LABELS, *(part[::4] for part in sides[2:]))

    same = answers(0.9)._replace(challenger=answers(0.9).champion)
    for small in (few(answers(1.0)), few(answers(0.2))):
        found = judged([compared(same, 500), compared(small, 500)], [])
        assert found.verdict == "equal"
        assert "on 75 rows of few rows; 100 would be enough" in found.reasons[1]
    assert compared(few(answers(0.2)), 500).macro.worse


def test_labels_that_nobody_checked_cannot_vouch_for_what_they_taught() -> None:
    same = answers(0.9)._replace(challenger=answers(0.9).champion)
    sets = [compared(same, 500), compared(answers(1.0), 500)]
    unchecked = judged(sets, [], Audit(3, 0))
    assert unchecked.verdict == "equal"
    assert "3 golden posts were judged" in unchecked.reasons[-1]
    assert judged(sets, [], Audit(60, 2)).verdict == "better"
    assert judged(sets[1:], [], Audit(0, 0)).verdict == "better"  # on frozen rows


def test_alerts_that_are_clearly_worse_make_a_challenger_worse() -> None:
    alerts = [AlertFigures("sadness-trend", 0.8, 0.3, (0.7, 0.9), (0.2, 0.4))]
    found = judged([compared(answers(1.0), 500)], alerts)
    assert found.verdict == "worse"
    assert found.reasons[0] == "The alerts of sadness-trend are worse: F1 0.80 → 0.30."


def test_labels_that_contradict_the_golden_posts_make_a_challenger_worse_however_good_it_looks() -> None:
    golden = {str(number): "joy" for number in range(60)}
    said = [Judgement(key, "a" if int(key) % 2 else "b", "joy" if int(key) % 2 else "fear") for key in golden]
    fooled, weighed = audited(said, golden, {"a": 1.0, "b": 1.0}), audited(said, golden, {"a": 1.0, "b": 1e-6})
    assert (fooled, weighed) == (Audit(60, 30), Audit(30, 0))
    found = judged([compared(answers(1.0), 500)], [], fooled)
    assert found.verdict == "worse"
    assert "30 were judged wrong" in found.reasons[0]
    assert judged([compared(answers(1.0), 500)], [], weighed).verdict == "better"
