"""Files of labels: each row meets a fate that is told by line, good rows are kept, and nothing is half-imported."""

import csv
import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from storage.database import transaction
from storage.errors import StorageOutage
from storage.label_erasure import erase_labels
from storage.label_reading import known_posts
from storage.labels import YEAR, PostVerdict, add_post_verdicts
from storage.people import opt_out
from stream.labelling import importing
from stream.labelling.columns import Defaults
from stream.labelling.files import Raw
from stream.progress import Quiet
from tests.storage.test_cases import put
from tests.stream.labelled import key, label, rows, told, write

AT = "2026-01-01T00:00:00Z"
GIVEN = "SELECT key::text, verdict, emotion, labeller FROM post_verdicts ORDER BY id"
STATE = (
    "SELECT key::text, person::text, sent_at, verdict, emotion, reason, labeller, at, shown, score, model, blind, "
    "queue, provenance, licence, consent FROM post_verdicts ORDER BY at, key, labeller",
    "SELECT alert_id::text, verdict, emotion, reason, labeller, at, queue FROM alert_verdicts ORDER BY at, alert_id",
    "SELECT key::text, emotion, added_by, added_at, reason FROM golden_posts ORDER BY key",
    "SELECT key::text, person::text, text, language, sent_at FROM label_texts ORDER BY key",
)


def fates(answer: dict[str, Any]) -> dict[int, str]:
    return {row["line"]: row["fate"] for row in answer["refused"]}


def person_of(engine: Engine, number: int) -> str:
    return str(rows(engine, f"SELECT person::text FROM points WHERE key = '{key(number)}'")[0][0])


def test_each_bad_row_is_told_by_line_and_the_good_ones_are_kept(labels_apart: Engine) -> None:
    out = person_of(labels_apart, 7)
    with transaction(labels_apart) as connection:
        opt_out(connection, out)
    header = "source,id,key,person,verdict,emotion,reason,labeller,at,score,model,consent,alert"
    path = write(
        "labels.csv",
        f"test,1,,,,Joy,,ada,{AT},,,true,",
        f"test,2,,,,bliss,,ada,{AT},,,,",
        f"test,9999,,,,joy,,ada,{AT},,,,",
        f"test,7,,{out},,joy,,ada,{AT},,,,",
        f"test,7,,,,joy,,ada,{AT},,,,",
        f"test,1,,,,joy,,ada,{AT},,,true,",
        f"test,1,,,,fear,,ada,{AT},,,,",
        "test,3,,,,joy,,ada,2999-01-01T00:00:00Z,,,,",
        "test,3,,,,joy,,ada,yesterday,,,,",
        f"test,3,,,,joy,{'x' * 501},ada,{AT},,,,",
        f"test,3,,,,joy,,{'a' * 81},{AT},,,,",
        f"test,3,,,,joy,,ada,{AT},,{'m' * 201},,",
        f"test,3,,,maybe,joy,,ada,{AT},,,,",
        f"test,3,,,skip,joy,,ada,{AT},,,,",
        f"test,3,,,,,,ada,{AT},,,,",
        f",,,,,joy,,ada,{AT},,,,",
        f",,not-a-key,,,joy,,ada,{AT},,,,",
        f"test,3,,,,joy,,ada,{AT},1.7,,,",
        f"test,3,,,,joy,,ada,{AT},,,perhaps,",
        "test,3,too,few",
        f",,,,right,,,ada,{AT},,,,{key(3)}",
        f"test,4,,,unsure,,,ada,{AT},,,,",
        header=header,
    )
    answer = told("import", path, "--report", "fates.csv")
    assert fates(answer) == {
        3: "unknown-emotion", 4: "unknown-post", 5: "opted-out", 6: "unknown-post", 8: "differs", 9: "future",
        10: "bad-time", 11: "too-long", 12: "too-long", 13: "too-long", 14: "unknown-verdict", 15: "contradiction",
        16: "missing", 17: "missing", 18: "unknown-post", 19: "bad-value", 20: "bad-value", 21: "unreadable",
        22: "unknown-alert",
    }  # fmt: skip
    assert (answer["rows"], answer["counts"]["added"], answer["counts"]["twice"]) == (22, 2, 1)
    assert [(row[0], row[2]) for row in rows(labels_apart, GIVEN)] == [(key(1), "joy"), (key(4), None)]
    with Path("fates.csv").open() as file:
        report = list(csv.DictReader(file))
    assert [int(row["line"]) for row in report] == list(range(2, 24))
    assert [row["fate"] for row in report][:2] == ["added", "unknown-emotion"]


def test_importing_a_file_again_adds_nothing(labels: Engine) -> None:
    path = write("labels.csv", *(f"test,{n},joy,ada,{AT},true" for n in range(5)))
    assert told("import", path)["counts"]["added"] == 5
    before = [rows(labels, statement) for statement in STATE]
    assert told("import", path)["counts"] == {"added": 0, "known": 5, "twice": 0}
    assert [rows(labels, statement) for statement in STATE] == before


def test_what_was_exported_imports_to_the_same_state(labels: Engine) -> None:
    alert = put(labels)
    label("post", key(1), "joy", "--consent", "--reason", 'said "so",\nin two lines')
    label("post", key(1), "fear", "--as", "noa")
    label("post", key(1), "unsure", "--consent")
    label("next", "--blind", "--count", "2", said="joy\nskip\n")
    label("golden", "add", key(2), "love", "--reason", "agreed")
    label("alert", alert, "wrong", "--emotion", "anger", "--reason", "lyrics")
    before = [rows(labels, statement) for statement in STATE]
    for name in ("labels.csv", "labels.jsonl", "labels.csv.gz", "labels.jsonl.gz"):
        assert told("export", name)["rows"] == 7
        assert Path(name).stat().st_mode & 0o777 == 0o600
        forget(labels)
        assert told("import", name)["counts"]["added"] == 7
        assert [rows(labels, statement) for statement in STATE] == before
        assert told("import", name)["counts"]["added"] == 0


def forget(engine: Engine) -> None:
    with transaction(engine) as connection:
        people = connection.execute(text("SELECT person::text FROM points UNION SELECT subject FROM alerts")).scalars()
        for person in people.all():
            erase_labels(connection, person)


def test_an_export_takes_no_place_but_that_of_a_file(labels: Engine) -> None:
    Path("folder").mkdir()
    os.mkfifo("pipe")
    for place in ("folder", "pipe"):
        assert "no plain file" in label("export", place, code=1).output
    assert Path("pipe").is_fifo()
    assert "cannot be written" in label("export", "nowhere/labels.csv", code=1).output


def test_words_are_exported_only_when_asked_and_are_never_taken_from_a_file(labels: Engine) -> None:
    label("post", key(1), "joy", "--consent")
    [(words,)] = rows(labels, f"SELECT text FROM post_texts WHERE key = '{key(1)}'")
    assert words not in label("export").output
    assert words in label("export", "-", "--format", "jsonl", "--with-text").output
    assert "author-" not in label("export", "-", "--with-text").output
    path = write(
        "own.csv", f"test,2,joy,ada,{AT},true,my own words", header="source,id,emotion,labeller,at,consent,text"
    )
    told("import", path)
    assert ("my own words",) not in rows(labels, "SELECT text FROM label_texts")


def test_a_database_that_dies_on_the_way_is_left_with_nothing_of_the_file(
    labels: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 10)
    seen: list[int] = []

    def dying() -> Iterator[Raw]:
        for n in range(40):
            if n == 30:
                seen.append(cut(labels))
            yield Raw(n, {"source": "test", "id": str(n), "emotion": "joy", "labeller": "ada", "at": AT})

    terms = importing.Terms(Defaults(), datetime.now(UTC), YEAR)
    with pytest.raises(StorageOutage):
        importing.import_rows(labels, dying(), terms, Quiet())
    assert seen == [1], "the import was under way"
    assert rows(labels, GIVEN) == []


def cut(engine: Engine) -> int:
    """End every other connection; how many there were in a transaction."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with transaction(engine) as connection:
        busy = connection.execute(text(f"SELECT count(*) {others} AND state = 'idle in transaction'")).scalar_one()
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
    return int(busy)


def test_strict_and_rehearsed_imports_store_nothing(labels: Engine) -> None:
    path = write("labels.csv", f"test,1,joy,ada,{AT},", f"test,2,bliss,ada,{AT},")
    assert told("import", path, "--strict", code=1)["stored"] is False
    assert told("import", path, "--dry-run")["counts"]["added"] == 1
    assert rows(labels, GIVEN) == []
    assert told("import", write("bad.csv", f"test,2,bliss,ada,{AT},"), code=1)["counts"]["unknown-emotion"] == 1


def test_a_verdict_is_made_from_the_emotion_and_what_the_model_says(labels: Engine) -> None:
    with transaction(labels) as connection:
        posts = known_posts(connection, [key(n) for n in range(60)])
    number, shown = next((n, posts[key(n)].shown) for n in range(60) if posts[key(n)].shown == "neutral")
    lines = [f"test,{number},,{shown},a,,", f"test,{number},,joy,b,,", f"test,{number},right,joy,c,,"]
    lines += [f"test,{number},right,,d,,", f"test,{number},wrong,,e,joy,0.75"]
    write("labels.csv", *lines, header="source,id,verdict,emotion,labeller,shown,score")
    told("import", "labels.csv", "--at", AT)
    found = rows(labels, "SELECT labeller, verdict, emotion, shown, score FROM post_verdicts ORDER BY labeller")
    assert [row[:4] for row in found] == [
        ("a", "right", shown, shown), ("b", "wrong", "joy", shown), ("c", "right", "joy", None),
        ("d", "right", shown, shown), ("e", "wrong", None, "joy"),
    ]  # fmt: skip
    assert found[4][4] == 750


def test_columns_that_a_file_lacks_are_named_or_given_on_the_command_line(labels: Engine) -> None:
    refused = label("import", write("labels.csv", "test,1", header="source,id"), code=1).output
    assert "no column emotion (or verdict), no column labeller (or give --as NAME), no column at" in refused
    path = write("labels.csv", "test,1,joy,red", header="source,id,emotion,colour")
    noted = label("import", path, "--as", "ada", "--at", AT, "--licence", "CC0", "--consent")
    assert "columns that say nothing here: colour" in noted.stderr
    assert "200 at most" in label("import", path, "--provenance", "x" * 201, code=2).output
    assert rows(labels, "SELECT labeller, licence, consent, provenance FROM post_verdicts") == [
        ("ada", "CC0", True, "import labels.csv")
    ]


def test_files_are_read_from_stdin_from_gzip_with_a_mark_and_with_other_separators(labels: Engine) -> None:
    table = f"\ufeffsource;id;emotion;labeller;at\ntest;1;joy;ada;{AT}\n".encode()
    assert told("import", "-", said=gzip.compress(table))["counts"]["added"] == 1
    lines = json.dumps({"key": key(2), "emotion": "joy", "labeller": "ada", "at": AT, "consent": True})
    assert told("import", "-", said=f"\n{lines}\n{{broken\n")["counts"] == {
        "added": 1, "known": 0, "twice": 0, "unreadable": 1,
    }  # fmt: skip


def test_a_file_that_is_none_is_refused_in_a_sentence(labels: Engine) -> None:
    for content, why in ((b"", "is empty"), ("key".encode("utf-16"), "UTF-16"), (b"\x00\x01\x02", "no file of labels")):
        Path("labels.csv").write_bytes(content)
        assert why in label("import", "labels.csv", code=1).output
    assert "does not exist" in label("import", "other.csv", code=1).output
    assert rows(labels, GIVEN) == []


def test_a_gzip_file_that_breaks_off_keeps_what_came_before(labels: Engine) -> None:
    noise = [f"test,{n},joy,ada-{n * 7919 % 10007},{AT},true" for n in range(2000)]
    whole = gzip.compress("\n".join(["source,id,emotion,labeller,at,consent", *noise]).encode())
    Path("labels.csv.gz").write_bytes(whole[: len(whole) // 2])
    answer = told("import", "labels.csv.gz")
    why = [row["why"] for row in answer["refused"] if row["fate"] == "unreadable"]
    assert why[0] == "the file breaks off within this line."
    assert "the compressed file is broken here" in why[1]
    assert answer["counts"]["added"] == len(rows(labels, GIVEN)) == 60


def test_verdicts_of_later_labels_count_rows_whose_words_are_gone(labels: Engine) -> None:
    with transaction(labels) as connection:
        connection.execute(text("DELETE FROM post_texts"))
        add_post_verdicts(
            connection, [PostVerdict(key(1), "right", "joy", "x", datetime.now(UTC) - timedelta(1))], datetime.now(UTC)
        )
    path = write("labels.csv", f"test,1,joy,ada,{AT},true", f"test,2,joy,ada,{AT},false")
    assert "1 were stored without words" in label("import", path).output
