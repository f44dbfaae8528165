"""The samples in `data/`: complete, read correctly, and kept apart."""

from pathlib import Path

import pytest

from models.data import Corpus, Example, data_hash, disjoint, load_corpora, load_emotion, load_goemotions
from models.errors import DataUnusable
from models.text import text_key


@pytest.fixture(scope="module")
def published() -> tuple[Corpus, ...]:
    return load_corpora()


def keys(rows: tuple[Example, ...]) -> set[str]:
    return {text_key(row.text) for row in rows}


def test_the_splits_have_their_published_sizes(published: tuple[Corpus, ...]) -> None:
    sizes = {c.name: (len(c.train), len(c.validation), len(c.test)) for c in published}
    assert sizes == {"emotion": (16_000, 2_000, 2_000), "goemotions": (40_389, 5_064, 5_091)}


def test_no_training_text_is_validated_or_tested_on_in_either_data_set(published: tuple[Corpus, ...]) -> None:
    apart = disjoint(published)
    trained = set[str]().union(*(keys(c.train) for c in apart))
    validated = set[str]().union(*(keys(c.validation) for c in apart))
    tested = set[str]().union(*(keys(c.test) for c in apart))
    assert (trained & validated, trained & tested, validated & tested) == (set(), set(), set())
    assert [c.test for c in apart] == [c.test for c in published]


def test_the_public_splits_themselves_share_texts(published: tuple[Corpus, ...]) -> None:
    """So `disjoint` has work to do: this many rows are dropped from (train, validation)."""
    pairs = zip(published, disjoint(published), strict=True)
    dropped = {c.name: (len(c.train) - len(d.train), len(c.validation) - len(d.validation)) for c, d in pairs}
    assert dropped == {"emotion": (16, 3), "goemotions": (426, 32)}


def test_the_data_hash_notices_one_changed_label(published: tuple[Corpus, ...]) -> None:
    emotion, goemotions = published
    first = emotion.train[0]
    changed = Corpus(emotion.name, (Example(first.text, "joy"), *emotion.train[1:]), emotion.validation, emotion.test)
    assert data_hash((changed, goemotions)) != data_hash(published)


def test_a_goemotions_row_with_two_feelings_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text("so sad\t25,27\tx1\nboth\t17,25\tx2\n", encoding="utf-8")
    assert load_goemotions(file) == [Example("so sad", "sadness")]


def test_a_quote_sign_in_goemotions_is_only_a_quote_sign(tmp_path: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text('"open\t27\tx1\nnext\t2\tx2\n', encoding="utf-8")
    assert load_goemotions(file) == [Example('"open', "neutral"), Example("next", "anger")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("words,label\nhello,1\n", "lacks the columns"),
        ("text,label\nhello,six\n", "row 1: label 'six'"),
        ("text,label\nhello,1\nhello,6\n", "row 2: label '6'"),
        ("text,label\nhello,-1\n", "row 1: label '-1'"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DataUnusable, match=reason):
        load_emotion(file)


def test_a_missing_file_and_a_foreign_encoding_are_refused(tmp_path: Path) -> None:
    foreign = tmp_path / "latin.csv"
    foreign.write_bytes("text,label\ncafé,1\n".encode("latin-1"))
    with pytest.raises(DataUnusable, match="not UTF-8"):
        load_emotion(foreign)
    with pytest.raises(DataUnusable, match="cannot be read"):
        load_emotion(tmp_path / "none.csv")
