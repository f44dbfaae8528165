"""The label schemes are data; these are the facts they must not lose."""

import pytest

from models.data import DATA
from models.labels import DAIR, EMOTIONS, GOEMOTIONS, SCHEMES, Scheme


def test_the_canonical_order_is_what_stored_scores_rely_on() -> None:
    assert EMOTIONS == ("sadness", "joy", "love", "anger", "fear", "surprise", "neutral")


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_every_label_means_one_canonical_emotion(scheme: Scheme) -> None:
    assert len(set(scheme.labels)) == len(scheme.labels)
    assert [scheme.canonical([label]) in EMOTIONS for label in scheme.labels] == [True] * len(scheme.labels)


def test_dair_numbers_its_six_feelings_as_its_authors_do() -> None:
    assert DAIR.labels == ("sadness", "joy", "love", "anger", "fear", "surprise")


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


def test_a_scheme_that_forgets_a_label_is_refused() -> None:
    with pytest.raises(ValueError, match="each of its labels"):
        Scheme("broken", ("a", "b"), {"a": "joy"})


def test_a_scheme_that_invents_an_emotion_is_refused() -> None:
    with pytest.raises(ValueError, match="must map"):
        Scheme("broken", ("a",), {"a": "envy"})
