"""The samples in `data/`: complete, read correctly, and kept apart."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.data.apart import counted, disjoint
from models.data.corpora import canonical_corpora, load_corpora, read_emotion, read_goemotions
from models.data.rows import Corpus, Row, data_hash, projected
from models.errors import DataUnusable
from models.networks.text import text_key
from models.schemes import scheme


@pytest.fixture(scope="module")
def published() -> tuple[Corpus, ...]:
    return canonical_corpora()


def keys(rows: tuple[Row, ...]) -> set[str]:
    return {text_key(row.text) for row in rows}


def test_the_splits_have_their_published_sizes(published: tuple[Corpus, ...]) -> None:
    sizes = {c.name: (len(c.train), len(c.validation), len(c.test)) for c in published}
    assert sizes == {"emotion": (16_000, 2_000, 2_000), "goemotions": (40_389, 5_064, 5_091)}


def test_goemotions_keeps_all_of_its_labels_until_they_are_folded() -> None:
    emotion, goemotions = load_corpora()
    assert (len(goemotions.train), len(goemotions.validation), len(goemotions.test)) == (43_410, 5_426, 5_427)
    assert (emotion.scheme.name, goemotions.scheme.name) == ("dair", "goemotions")
    assert max(len(row.labels) for row in goemotions.train) > 1


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


def test_what_a_split_shares_with_itself_is_told_apart_from_what_two_data_sets_share(
    published: tuple[Corpus, ...],
) -> None:
    told = counted(published, disjoint(published))
    shared = {name: (count["shared_train"], count["shared_validation"]) for name, count in told.items()}
    assert shared == {"emotion": (16, 3), "goemotions": (426, 32)}
    assert told["emotion"]["train"] == 16_000 - 16


def test_the_data_hash_notices_one_changed_label(published: tuple[Corpus, ...]) -> None:
    emotion, goemotions = published
    first = emotion.train[0]
    changed = replace(emotion, train=(Row(first.text, ("joy",)), *emotion.train[1:]))
    assert data_hash((changed, goemotions)) != data_hash(published)


def test_a_goemotions_row_with_two_feelings_goes_into_no_single_label_scheme(tmp_path: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text("so sad\t25,27\tx1\nboth\t17,25\tx2\n", encoding="utf-8")
    rows = read_goemotions(file)
    assert rows == [Row("so sad", ("sadness", "neutral")), Row("both", ("joy", "sadness"))]
    folded = projected(rows, scheme("goemotions"), scheme("canonical"))
    assert list(folded) == [Row("so sad", ("sadness",))]


def test_a_quote_sign_in_goemotions_is_only_a_quote_sign(tmp_path: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text('"open\t27\tx1\nnext\t2\tx2\n', encoding="utf-8")
    assert read_goemotions(file) == [Row('"open', ("neutral",)), Row("next", ("anger",))]


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
        read_emotion(file)


def test_a_missing_file_and_a_foreign_encoding_are_refused(tmp_path: Path) -> None:
    foreign = tmp_path / "latin.csv"
    foreign.write_bytes("text,label\ncafé,1\n".encode("latin-1"))
    with pytest.raises(DataUnusable, match="not UTF-8"):
        read_emotion(foreign)
    with pytest.raises(DataUnusable, match="cannot be read"):
        read_emotion(tmp_path / "none.csv")
