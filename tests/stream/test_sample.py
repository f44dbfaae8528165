"""The bundled sample is what its README and its truth say."""

import csv
import gzip
import io
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from stream.csv import describe, read_records
from stream.rows import BadLine, Row
from stream.sample import DATA, SAMPLE, TRUTH, compose, zipped
from stream.sequence import ReplayOptions, survey


@cache
def truth() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(TRUTH.read_text())
    return loaded


@cache
def rows() -> tuple[Row | BadLine, ...]:
    return tuple(read_records(str(SAMPLE)))


def posts() -> list[Row]:
    return [row for row in rows() if isinstance(row, Row)]


def test_composing_it_again_gives_the_same_file_and_truth() -> None:
    again = compose()
    assert gzip.decompress(SAMPLE.read_bytes()) == again.csv
    assert truth() == again.truth
    assert zipped(again.csv) == zipped(again.csv)


def test_another_seed_gives_other_people() -> None:
    other = compose(DATA, seed=1).truth
    assert other["drifts"]["sadness"] != truth()["drifts"]["sadness"]


def test_it_is_large_enough_and_small_enough() -> None:
    authors = {row.author for row in posts()}
    days = (posts()[-1].sent_at - posts()[0].sent_at).days
    assert len(posts()) >= 20_000
    assert len(authors) >= 300
    assert days >= 60
    assert SAMPLE.stat().st_size < 4_000_000


def test_it_is_in_time_order_and_our_own_layout() -> None:
    found = survey([str(SAMPLE)], ReplayOptions())
    assert found.disorder.total_seconds() == 0
    assert not found.sorted
    assert describe(str(SAMPLE)).layout == "Tideline posts"


def test_its_flaws_are_counted() -> None:
    bad = [row for row in rows() if isinstance(row, BadLine)]
    too_long = [row for row in posts() if len(row.id) > 256]
    assert len(bad) + len(too_long) == truth()["rows"]["broken"]
    assert len(posts()) - len(too_long) == truth()["posts"] + truth()["rows"]["duplicates"]
    assert sum(not row.text for row in posts()) >= truth()["rows"]["empty_text"]
    assert len({row.id for row in posts()} - {row.id for row in too_long}) == truth()["posts"]


def test_the_spike_is_dozens_of_people_in_about_an_hour() -> None:
    spike = truth()["anger_spike"]
    inside = [
        row
        for row in posts()
        if row.channel == spike["channel"] and spike["from"] <= row.sent_at.isoformat() <= spike["to"]
    ]
    assert len({row.author for row in inside}) >= spike["people"]


@pytest.mark.parametrize("emotion", ["sadness", "fear"])
def test_those_who_drift_say_more_of_it_after_than_before(emotion: str) -> None:
    label = {"sadness": "0", "fear": "4"}[emotion]
    told = _texts_labelled(label)
    for person in truth()["drifts"][emotion]:
        own = [row for row in posts() if row.author == person["author"]]
        before = [row.text in told for row in own if row.sent_at.date().isoformat() < person["begins"]]
        after = [row.text in told for row in own if row.sent_at.date().isoformat() >= person["full"]]
        assert sum(after) / len(after) > sum(before) / len(before) + 0.4


@cache
def _texts_labelled(label: str) -> frozenset[str]:
    found: set[str] = set()
    for name in ("test.csv", "validation.csv"):
        with (DATA / "emotion" / name).open(encoding="utf-8", newline="") as file:
            found |= {row["text"] for row in csv.DictReader(file) if row["label"] == label}
    return frozenset(found)


def test_no_post_is_a_text_that_models_train_on() -> None:
    used = {row.text for row in posts()}
    with (DATA / "emotion" / "train.csv").open(encoding="utf-8", newline="") as file:
        trained = {row["text"] for row in csv.DictReader(file)}
    held_out = {text for label in "012345" for text in _texts_labelled(label)}
    assert not (used & trained) - held_out


def test_nobody_repeats_an_english_text_more_than_the_echoes_do() -> None:
    counts = Counter((row.id, row.author, row.text) for row in posts())
    by_text = Counter((author, text) for _, author, text in counts if text.isascii() and text)
    assert sum(count - 1 for count in by_text.values()) < 200


def test_no_account_and_no_address_is_named() -> None:
    authors = {row.author for row in posts()}
    for row in posts():
        if "@" in row.text:
            assert row.text.startswith("RT @")
            assert row.text[4:].split(":")[0] in authors
        assert "http" not in row.text


def test_the_readme_gives_the_right_numbers() -> None:
    readme = (SAMPLE.parent / "README.md").read_text()
    assert f"{truth()['posts']:,} posts by {truth()['people']} invented people" in readme
    assert f"(seed {truth()['seed']})" in readme


def test_the_bundled_tweets_hold_invented_names_only() -> None:
    path = DATA / "tweets" / "sentiment140_invented.csv"
    content = path.read_bytes().decode("latin-1")
    for row in csv.reader(io.StringIO(content)):
        mentions = [word.strip("@.,:;!?()'\"-") for word in row[5].split() if word.startswith("@")]
        assert all("_" in name for name in (row[4], *mentions))
    assert Path(path).stat().st_size < 100_000
