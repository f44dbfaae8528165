"""One file cut into training, validation and test rows."""

from collections import Counter
from pathlib import Path

import pytest

from models.data.corpora import DATA
from models.data.rows import Row
from models.data.sources import HeldOut, Reading, folding_notes, load_all, load_data
from models.data.split import stratified
from models.errors import DataUnusable
from models.networks.text import text_key
from models.schemes import scheme

ROWS = [Row(f"text {i % 190}{'!' * (i > 189)}", ("joy" if i % 10 else "fear",)) for i in range(200)]


def test_every_split_has_each_label_in_its_share() -> None:
    for part, size in zip(stratified(ROWS, 0.1, 0.2), (140, 20, 40), strict=True):
        assert len(part) == pytest.approx(size, abs=4)
        assert Counter(row.labels[0] for row in part)["fear"] == pytest.approx(size / 10, abs=1)


def test_no_row_is_lost_and_the_same_text_is_never_on_both_sides() -> None:
    parts = stratified(ROWS, 0.1, 0.1)
    assert Counter(row for part in parts for row in part) == Counter(ROWS)
    first, second, third = ({text_key(row.text) for row in part} for part in parts)
    assert not first & second | first & third | second & third


def test_the_split_depends_on_its_seed_alone() -> None:
    assert stratified(ROWS, 0.1, 0.1, seed=3) == stratified(ROWS, 0.1, 0.1, seed=3)
    assert stratified(ROWS, 0.1, 0.1, seed=3) != stratified(ROWS, 0.1, 0.1, seed=4)


@pytest.mark.parametrize(("validation", "test"), [(0.5, 0.5), (-0.1, 0.2), (0.1, 1.0), (float("nan"), 0.1)])
def test_shares_that_leave_nothing_are_refused(validation: float, test: float) -> None:
    with pytest.raises(DataUnusable, match="leave nothing to train on"):
        stratified(ROWS, validation, test)


def file(path: Path, rows: int, start: int = 0) -> Path:
    lines = [f"day {start + i},{'joy' if i % 2 else 'fear'}" for i in range(rows)]
    path.write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    return path


def test_files_of_held_out_rows_are_used_whole(tmp_path: Path) -> None:
    train, other = file(tmp_path / "a.csv", 100), file(tmp_path / "b.csv", 10, start=500)
    both = load_data(train, held_out=HeldOut(validation_file=str(other), test_file=str(other))).corpus
    assert (len(both.train), len(both.validation), len(both.test)) == (100, 10, 10)
    one = load_data(train, held_out=HeldOut(test_file=str(other))).corpus
    assert (len(one.train), len(one.validation), len(one.test)) == (90, 10, 10)


def test_a_known_name_is_its_published_split_and_files_keep_apart_by_name(tmp_path: Path) -> None:
    assert len(load_data("emotion").corpus.train) == 16_000
    (tmp_path / "more").mkdir()
    first, second = file(tmp_path / "a.csv", 30), file(tmp_path / "more" / "a.csv", 30)
    corpora, _notes = load_all([str(first), str(second)], Reading(), HeldOut())
    assert [corpus.name for corpus in corpora] == ["a", "a-2"]
    with pytest.raises(DataUnusable, match="belong to one data set"):
        load_all([str(first), str(second)], Reading(), HeldOut(test_file=str(first)))


def test_what_becomes_of_foreign_labels_is_told() -> None:
    corpus = load_data(DATA / "goemotions" / "test.tsv").corpus
    note = folding_notes([corpus], scheme("canonical"))[0]
    assert "labels of goemotions were turned into those of canonical; 336 of 5,427 rows" in note
    assert folding_notes([corpus], scheme("goemotions")) == []
