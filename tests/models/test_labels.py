"""The label schemes are data; these are the facts they must not lose."""

from pathlib import Path

import numpy as np
import pytest

from models.data.corpora import DATA, load_corpora
from models.data.rows import Row, projected
from models.errors import DataUnusable, SchemeInvalid
from models.labels import EMOTIONS, Scheme
from models.schemes import scheme, scheme_names

GOEMOTIONS = scheme("goemotions")


def test_the_canonical_order_is_what_stored_scores_rely_on() -> None:
    assert EMOTIONS == ("sadness", "joy", "love", "anger", "fear", "surprise", "neutral")
    assert scheme("canonical").labels == EMOTIONS


def test_the_schemes_of_every_data_set_ship() -> None:
    assert {"binary", "canonical", "dair", "ekman", "goemotions"} <= set(scheme_names())


@pytest.mark.parametrize("name", scheme_names())
def test_every_label_means_one_canonical_emotion(name: str) -> None:
    labels = scheme(name)
    assert [labels.canonical([label]) in EMOTIONS for label in labels.labels] == [True] * len(labels.labels)
    assert (labels.matrix().sum(axis=1) == 1).all()


def test_dair_numbers_its_six_feelings_as_its_authors_do() -> None:
    assert scheme("dair").labels == ("sadness", "joy", "love", "anger", "fear", "surprise")


def test_goemotions_labels_stand_in_the_order_of_its_own_file() -> None:
    published = (DATA / "goemotions" / "labels.txt").read_text(encoding="utf-8").split()
    assert list(GOEMOTIONS.labels) == published


@pytest.mark.parametrize(
    ("labels", "emotion"),
    [
        ("anger annoyance disapproval disgust", "anger"),
        ("fear nervousness", "fear"),
        ("love caring", "love"),
        ("sadness disappointment embarrassment grief remorse", "sadness"),
        ("surprise realization confusion curiosity", "surprise"),
        ("neutral", "neutral"),
        (
            "admiration amusement approval desire excitement gratitude joy optimism pride relief",
            "joy",
        ),
    ],
)
def test_goemotions_labels_fold_into_the_seven(labels: str, emotion: str) -> None:
    assert {label for label, found in GOEMOTIONS.mapping.items() if found == emotion} == set(labels.split())
    assert GOEMOTIONS.canonical(labels.split()) == emotion


def test_neutral_beside_a_feeling_is_dropped_and_two_feelings_are_undecided() -> None:
    assert GOEMOTIONS.canonical(["neutral", "grief"]) == "sadness"
    assert GOEMOTIONS.canonical(["grief", "love"]) is None


@pytest.mark.parametrize(
    ("labels", "ekman", "binary"),
    [
        (("disgust",), ("disgust",), ("negative",)),
        (("love", "neutral"), ("joy",), ("positive",)),
        (("curiosity",), ("surprise",), None),
        (("neutral",), ("neutral",), None),
        (("grief", "pride"), None, None),
    ],
)
def test_goemotions_rows_go_into_ekman_and_sentiment_by_their_tables(
    labels: tuple[str, ...], ekman: tuple[str, ...] | None, binary: tuple[str, ...] | None
) -> None:
    for name, expected in (("ekman", ekman), ("binary", binary)):
        found = list(projected([Row("x", labels)], GOEMOTIONS, scheme(name)))
        assert found == ([] if expected is None else [Row("x", expected)])


def test_every_label_of_goemotions_has_a_place_in_ekman() -> None:
    assert set(scheme("ekman").sources["goemotions"]) == set(GOEMOTIONS.labels)


def test_rows_folded_to_the_seven_are_as_many_as_were_measured_before() -> None:
    goemotions = load_corpora()[1].in_scheme(scheme("canonical"))
    assert (len(goemotions.train), len(goemotions.test)) == (40_389, 5_091)


def test_a_scheme_without_a_table_for_the_data_says_which_is_missing() -> None:
    with pytest.raises(DataUnusable, match=r"give that scheme a \[from.binary\] table"):
        list(projected([], scheme("binary"), scheme("ekman")))


def test_chances_of_labels_that_exclude_each_other_add_up() -> None:
    ekman = scheme("ekman")
    chances = np.array([[0.2, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1]])
    folded = dict(zip(EMOTIONS, ekman.fold(chances)[0], strict=True))
    assert folded["anger"] == pytest.approx(0.5)
    assert folded["love"] == 0
    assert sum(folded.values()) == pytest.approx(1)


def test_of_labels_that_do_not_exclude_each_other_the_odds_of_the_strongest_count() -> None:
    chances = np.zeros((3, 28))
    chances[0, [GOEMOTIONS.labels.index(label) for label in ("grief", "sadness", "love")]] = 0.2, 0.6, 0.2
    chances[1, GOEMOTIONS.labels.index("fear")] = 1.0
    sad, sure, nothing = GOEMOTIONS.fold(chances)
    assert sad.tolist() == pytest.approx([1.5 / 1.75, 0, 0.25 / 1.75, 0, 0, 0, 0])
    assert sure.tolist() == pytest.approx([0, 0, 0, 0, 1, 0, 0])
    assert nothing.tolist() == [0, 0, 0, 0, 0, 0, 1]


def test_a_share_is_the_chance_that_an_emotion_is_the_only_one_given_that_one_is() -> None:
    seven = scheme("canonical-multi")
    chances = np.array([0.7, 0.4, 0.2, 0.6, 0.1, 0.5, 0.05])
    alone = [chances[k] * np.prod(np.delete(1 - chances, k)) for k in range(7)]
    assert seven.fold(chances[None])[0] == pytest.approx(np.array(alone) / sum(alone))


def test_a_scheme_that_forgets_a_label_is_refused() -> None:
    with pytest.raises(ValueError, match="each of its labels"):
        Scheme("broken", ("a", "b"), {"a": "joy"})


def test_a_scheme_that_invents_an_emotion_is_refused() -> None:
    with pytest.raises(ValueError, match="must map"):
        Scheme("broken", ("a",), {"a": "envy"})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("labels = [", "is no label scheme"),
        ("labels = ['a']", "is no label scheme"),
        ("labels = ['a', 'a']\n[canonical]\njoy = ['a']", "names a label twice"),
        ("labels = ['a']\n[canonical]\nenvy = ['a']", "must map each"),
        ("labels = ['a']\n[canonical]\njoy = ['a']\n[from.dair]\nb = ['joy']", "labels that it does not have"),
    ],
)
def test_a_broken_scheme_of_ones_own_is_refused_with_the_reason(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SchemeInvalid, match=reason):
        scheme(str(file))


def test_a_scheme_of_ones_own_is_used_like_a_shipped_one(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        "labels = ['gut', 'schlecht']\n[canonical]\njoy = ['gut']\nsadness = ['schlecht']", encoding="utf-8"
    )
    assert scheme(str(file)).canonical(["schlecht"]) == "sadness"


def test_an_unknown_scheme_is_refused_with_what_there_is() -> None:
    with pytest.raises(SchemeInvalid, match="use one of binary, canonical, canonical-multi, dair"):
        scheme("plutchik")
