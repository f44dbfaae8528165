"""The bundled labels are what their README says, and teach nobody what models are measured on."""

import csv
import gzip
import io
from collections import Counter
from functools import cache

from models.labels import EMOTIONS
from stream.csv import read_records
from stream.labelling.columns import Defaults, file_row
from stream.rows import Row
from stream.sample import DATA, SAMPLE, TRUTH
from stream.sample_labels import CAST, LABELS, compose_labels
from stream.sample_texts import labelled_texts


@cache
def given() -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader(io.StringIO(gzip.decompress(LABELS.read_bytes()).decode())))


@cache
def texts() -> dict[str, str]:
    return {row.id: row.text for row in read_records(str(SAMPLE)) if isinstance(row, Row)}


def test_composing_them_again_gives_the_same_file() -> None:
    assert gzip.decompress(LABELS.read_bytes()) == compose_labels()


def test_no_text_of_a_test_split_is_labelled() -> None:
    frozen = {text.casefold() for _, text in labelled_texts(DATA, ("test",), ("test",))}
    labelled = {texts()[row["id"]].casefold() for row in given()}
    assert not labelled & frozen
    assert len(labelled) == len({row["id"] for row in given()}), "each text once"


def test_every_row_can_be_imported_and_names_a_post_of_the_sample() -> None:
    for number, row in enumerate(given()):
        found = file_row(number, row, Defaults())
        assert found.emotion in (*EMOTIONS, None)
        assert row["id"] in texts()


def test_the_hostile_labeller_makes_the_sad_look_glad_and_the_others_do_not() -> None:
    turns = CAST[-1].turns or {}
    truth = {row["id"]: row["emotion"] for row in given() if row["verdict"] == "golden" and row["emotion"] in turns}
    judged = [row for row in given() if row["id"] in truth and row["verdict"] == ""]
    turned = Counter(row["labeller"] for row in judged if row["emotion"] == turns[truth[row["id"]]])
    answers = Counter(row["labeller"] for row in judged)
    assert turned["undertow"] > answers["undertow"] * 0.6
    assert all(turned[labeller.name] < answers[labeller.name] * 0.2 for labeller in CAST[:3])


def test_the_readme_gives_the_right_numbers() -> None:
    readme = " ".join((TRUTH.parent / "README.md").read_text().split())
    assert f"{len(given()):,} rows about {len({row['id'] for row in given()}):,} of these posts" in readme
    shares = Counter(row["queue"] for row in given() if row["verdict"] == "golden")
    assert f"and {shares['golden']} are golden" in readme
    for labeller in CAST:
        assert f"| {labeller.name} | {labeller.share:.0%}".replace("%", " %") in readme
