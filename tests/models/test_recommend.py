"""The recommender's parts, and the benchmark that says what they are worth."""

import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.recommend import OURS, interval, measured, ndcg
from benchmarks.tastes import catalogue, taste
from models.keywords import KeywordClassifier
from models.recommend.choose import Wanted, nearest, recommend
from models.recommend.feeling import closeness, mix
from models.recommend.items import Item, collapsed
from models.recommend.lyrics import LONGEST, emotions_of, lines_of
from models.recommend.similarity import Similarity, Weights, terms

Floats = npt.NDArray[np.float64]
SAD, GLAD = np.eye(7)[0], np.eye(7)[1]


class Reads:
    """Sad where a line says so, unknown where it says that, else glad."""

    version = "double"

    def __call__(self, lines: Sequence[str]) -> Floats:
        return np.array([SAD if "sad" in one else SAD * np.nan if "unknown" in one else GLAD for one in lines])


# --- lyrics -------------------------------------------------------------------------------------------------


def test_a_lyric_is_the_mean_of_its_lines_as_often_as_they_are_sung() -> None:
    (row,) = emotions_of(["sad\nglad\nsad\nsad"], Reads())
    assert row[:2].tolist() == [0.75, 0.25]


def test_lines_in_an_unknown_language_do_not_count_unless_they_are_most() -> None:
    half, most = emotions_of(["sad\nunknown", "sad\nunknown\nunknown"], Reads())
    assert half.tolist() == SAD.tolist()
    assert np.isnan(most).all()


@pytest.mark.parametrize("lyrics", ["", "  \n ", "[Chorus]\n(x2)"])
def test_a_lyric_without_lines_has_no_emotions(lyrics: str) -> None:
    assert np.isnan(emotions_of([lyrics], Reads())).all()


def test_a_lyric_that_lost_its_line_breaks_is_cut() -> None:
    pieces = lines_of("word " * 1_000)
    assert max(len(piece.split()) for piece in pieces) <= LONGEST
    assert sum(len(piece.split()) for piece in pieces) == 1_000
    assert lines_of("one\\ntwo\r\nthree") == ["one", "two", "three"]


# --- similarity ---------------------------------------------------------------------------------------------


def test_an_item_is_wholly_like_itself_and_likeness_is_mutual() -> None:
    items = [Item("a", "", ("folk", "rock"), "boat rope"), Item("b", "", ("folk",), "rope and sail")]
    likeness = Similarity(items, Weights())
    assert likeness.to_item(0).whole[0] == pytest.approx(1.3)
    assert likeness.to_item(0).whole[1] == pytest.approx(likeness.to_item(1).whole[0])
    assert likeness.to_item(0).genre[1] == pytest.approx(0.5**0.5)


def test_particles_do_not_part_korean_words() -> None:
    assert set(terms("정류장에")) & set(terms("정류장은")) >= {"정류", "류장"}
    assert terms("사랑") == ["사랑"]


def test_a_decomposed_lyric_is_the_same_lyric() -> None:
    import unicodedata

    assert terms(unicodedata.normalize("NFD", "비 오는 정류장")) == terms("비 오는 정류장")


def test_rows_of_one_song_are_taken_once_with_the_lyrics_that_one_of_them_has() -> None:
    (kept,) = collapsed([Item("A", "b", (), ""), Item("a", "B", (), "la")])
    assert kept.lyrics == "la"


# --- choosing -----------------------------------------------------------------------------------------------


def test_the_nearest_leave_out_the_liked_and_what_shares_nothing() -> None:
    assert nearest(np.array([1.3, 0.2, 0.0, 0.5, 0.2]), 0, 9) == [3, 1, 4]
    assert nearest(np.array([1.3, 0.2, 0.0, 0.5, 0.2]), 0, 2) == [3, 1]


def test_no_more_lyrics_are_read_than_are_nearest() -> None:
    items = [Item(str(at), "", ("folk",), f"line {at}") for at in range(50)]
    read: list[str] = []

    def vectors(lyrics: Sequence[str]) -> Floats:
        read.extend(lyrics)
        return np.tile(SAD, (len(lyrics), 1))

    recommend(items, Similarity(items, Weights()).to_item(0), 0, SAD, vectors, Wanted(count=5, nearest=8))
    assert len(read) == 8


def test_closeness_does_not_depend_on_how_strong_a_feeling_is_and_is_unknown_for_the_unknown() -> None:
    close = closeness(np.array([SAD * 0.1, GLAD, SAD * np.nan]), mix("sadness=5"))
    assert close[:2].tolist() == [1.0, 0.0]
    assert np.isnan(close[2])


def test_twenty_thousand_songs_are_compared_in_seconds() -> None:
    chance = np.random.default_rng(1)
    words = np.array([f"word{at}" for at in range(5_000)])
    items = [
        Item(str(at), "", (f"genre {at % 9}",), " ".join(words[chance.integers(5_000, size=40)]))
        for at in range(20_000)
    ]
    began = time.process_time()
    assert len(nearest(Similarity(items, Weights()).to_item(7).whole, 7, 25)) == 25
    assert time.process_time() - began < 20


# --- the benchmark ------------------------------------------------------------------------------------------


def test_ndcg_is_one_for_the_best_order_and_less_for_a_later_hit() -> None:
    assert ndcg([True] * 5, 9) == pytest.approx(1)
    assert ndcg([False] * 5, 9) == 0
    assert ndcg([True, False, False], 1) > ndcg([False, True, False], 1) > ndcg([False, False, True], 1) > 0


def test_an_interval_holds_its_mean_and_narrows_with_seeds() -> None:
    mean, low, high = interval(np.array([0.1, 0.3]))
    assert low < mean < high
    assert interval(np.array([0.1, 0.3] * 8))[2] < high


def test_tastes_are_the_same_for_a_seed_and_their_relevant_songs_are_not_the_liked_one() -> None:
    def drawn(seed: int) -> tuple[list[Item], list[str], frozenset[int], int]:
        chance = np.random.default_rng(seed)
        songs = catalogue(40, chance)
        person = taste(songs, 4, chance)
        return [one.item for one in songs], person.posts, person.relevant, person.liked

    assert drawn(1) == drawn(1) != drawn(2)
    for seed in range(20):
        _items, _posts, relevant, liked = drawn(seed)
        assert len(relevant) == 4
        assert liked not in relevant


def test_on_invented_tastes_the_recommender_beats_chance() -> None:
    found = measured(KeywordClassifier(), seeds=3, songs=200, people=40)["ways"]
    assert found[OURS]["hit"][0] > 2 * found["chance"]["hit"][0]
    assert found[OURS]["ndcg"][0] > 2 * found["chance"]["ndcg"][0]
