"""Broken files cost what is broken and nothing else."""

import gzip
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stream.csv import describe, read_records
from stream.errors import FileUnreadable
from stream.mapping import Mapping
from stream.rows import BadLine, Fill, Row
from stream.times import read_time

HEADER = "id,author,text,sent_at\n"


def row(number: int, text: str = "hi") -> str:
    return f"{number},amber,{text},2020-01-01T00:00:{number % 60:02}Z\n"


def read(folder: Path, content: bytes) -> list[Row | BadLine]:
    path = folder / "file.csv"
    path.write_bytes(content)
    return list(read_records(str(path)))


def ids(found: list[Row | BadLine]) -> list[str]:
    return [one.id for one in found if isinstance(one, Row)]


def bad_lines(found: list[Row | BadLine]) -> list[int]:
    return [one.line for one in found if isinstance(one, BadLine)]


def test_gzip_and_plain_and_stdin_give_the_same_rows(tmp_path: Path) -> None:
    content = (HEADER + row(1) + row(2)).encode()
    plain = read(tmp_path, content)
    assert read(tmp_path, gzip.compress(content)) == plain
    for given_bytes in (content, gzip.compress(content)):
        assert list(read_records("-", stdin=io.BufferedReader(io.BytesIO(given_bytes)))) == plain  # type: ignore[arg-type]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    found = read(tmp_path, b"\xef\xbb\xbf" + (HEADER + row(1)).encode())
    assert ids(found) == ["1"]
    assert describe(str(tmp_path / "file.csv")).encoding == "UTF-8 with BOM"


def test_texts_may_hold_line_breaks_delimiters_quotes_and_nul(tmp_path: Path) -> None:
    text = 'one\r\ntwo, "three"\x00\nfour'
    quoted = '"' + text.replace('"', '""') + '"'
    found = read(tmp_path, (HEADER + row(1, quoted) + row(2)).encode())
    assert ids(found) == ["1", "2"]
    assert isinstance(found[0], Row)
    assert found[0].text == text
    assert found[1] is not None
    assert found[1].line == 5


def test_one_latin_1_line_does_not_change_the_others(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER.encode() + row(1, "é").encode() + row(2, "é").encode("latin-1"))
    assert [one.text for one in found if isinstance(one, Row)] == ["é", "é"]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    lines = [row(n) for n in range(1, 2000)]
    lines[9] = '10,amber,"open,2020-01-01\n'
    found = read(tmp_path, (HEADER + "".join(lines)).encode())
    assert bad_lines(found) == [11]
    assert len(ids(found)) == 1998


def test_a_quote_that_swallows_its_neighbours_gives_them_back(tmp_path: Path) -> None:
    content = HEADER + '1,amber,"open,2020-01-01\n' + row(2) + row(3, '"closed, well"') + row(4)
    found = read(tmp_path, content.encode())
    assert ids(found) == ["2", "3", "4"]
    assert bad_lines(found) == [2]


def test_a_truncated_last_row_is_one_bad_row(tmp_path: Path) -> None:
    found = read(tmp_path, (HEADER + row(1) + '2,amber,"hal').encode())
    assert ids(found) == ["1"]
    assert bad_lines(found) == [3]


def test_a_broken_gzip_gives_what_came_before_and_one_bad_row(tmp_path: Path) -> None:
    content = (HEADER + "".join(row(n, f"words {n * 7919}") for n in range(60_000))).encode()
    found = read(tmp_path, gzip.compress(content)[:-5000])
    assert 30_000 < len(ids(found)) < 60_000
    assert isinstance(found[-1], BadLine)
    assert "compressed file is broken" in found[-1].reason
    assert len(bad_lines(found)) <= 2


def test_an_endless_line_is_one_bad_row_and_is_not_kept(tmp_path: Path) -> None:
    found = read(tmp_path, (HEADER + row(1) + "x" * 5_000_000 + "\n" + row(2)).encode())
    assert ids(found) == ["1", "2"]
    (bad,) = [one for one in found if isinstance(one, BadLine)]
    assert "longer than" in bad.reason
    assert len(bad.raw) <= 2000


def test_json_lines_survive_surrogates_nan_garbage_and_deep_nesting(tmp_path: Path) -> None:
    good = '{"id": "%s", "author": "amber", "text": "%s", "sent_at": "2020-01-01T00:00:00Z"}'
    lines = [
        good % (1, "hi"),
        good % (2, "\\ud800 \\u0000"),
        "{",
        "[" * 100_000,
        "3",
        (good % (4, "x"))[:-1] + ',"n":NaN}',
    ]
    found = read(tmp_path, "\n".join(lines).encode())
    assert ids(found) == ["1", "2", "4"]
    assert bad_lines(found) == [3, 4, 5]
    for one in found:
        json.loads(one.value())


def test_ids_and_authors_are_invented_the_same_way_wherever_the_file_lies(tmp_path: Path) -> None:
    content = b"text,label\nsame words,1\nsame words,1\n"
    first = read(tmp_path, content)
    (tmp_path / "other").mkdir()
    assert read(tmp_path / "other", content) == first
    assert len(set(ids(first))) == 2
    assert all(isinstance(one, Row) and one.author == f"row-{one.id}" for one in first)


def test_missing_times_follow_the_time_before(tmp_path: Path) -> None:
    content = HEADER + "1,a,x,2020-05-05T00:00:00Z\n2,a,x,\n3,a,x,\n4,a,x,2020-05-05T01:00:00Z\n"
    times = [one.sent_at for one in read(tmp_path, content.encode()) if isinstance(one, Row)]
    start = datetime(2020, 5, 5, tzinfo=UTC)
    assert [(at - start).total_seconds() for at in times] == [0, 1, 2, 3600]


def test_a_file_without_times_starts_where_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,label\na,1\nb,1\n")
    start = datetime(2022, 1, 1, tzinfo=UTC)
    found = read_records(str(path), None, Fill(start=start, step=timedelta(minutes=1)))
    assert [one.sent_at.minute for one in found if isinstance(one, Row)] == [0, 1]


def test_a_repeated_header_is_no_post(tmp_path: Path) -> None:
    assert ids(read(tmp_path, (HEADER + row(1) + HEADER + row(2)).encode())) == ["1", "2"]


def test_the_dry_run_shows_the_mapping_and_three_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "".join(row(n) for n in range(9)))
    guess = describe(str(path))
    assert guess.as_dict()["rows"][0]["author"] == "amber"
    page = "\n".join(guess.lines())
    assert "text=text" in page
    assert page.count("row ") == 3


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mon Apr 06 22:19:45 PDT 2009", "2009-04-07T05:19:45"),
        ("Mon Apr 06 22:19:45 EST 2009", "2009-04-07T03:19:45"),
        ("Mon Apr 06 22:19:45 +0530 2009", "2009-04-06T16:49:45"),
        ("Mon, 06 Apr 2009 22:19:45 -0700", "2009-04-07T05:19:45"),
        ("2009-04-06 22:19:45", "2009-04-06T22:19:45"),
        ("2009-04-06 22:19:45 +0200", "2009-04-06T20:19:45"),
        ("2009-04-06 22:19:45 UTC", "2009-04-06T22:19:45"),
        ("2009/4/6 22:19:45", "2009-04-06T22:19:45"),
        ("4/6/2009 10:19 PM", "2009-04-06T22:19:00"),
        ("06.04.2009 22:19", "2009-04-06T22:19:00"),
        ("1239056385", "2009-04-06T22:19:45"),
        ("1239056385000", "2009-04-06T22:19:45"),
        ("1239056385.0", "2009-04-06T22:19:45"),
    ],
)
def test_times_are_read_as_people_write_them(written: str, meant: str) -> None:
    assert read_time(written).replace(tzinfo=None).isoformat() == meant


_SEEDS = (
    b'"0","1","Mon Apr 06 22:19:45 PDT 2009","NO","amber","hi"\n',
    (HEADER + row(1)).encode(),
    b'{"text": "a"}\n',
)
_MAPS = (None, Mapping("text"), Mapping("1", "2", "3"))


def read_or_refuse(path: Path, content: bytes, mapping: Mapping | None) -> None:
    path.write_bytes(content)
    try:
        for one in read_records(str(path), mapping):
            json.loads(one.value())
        describe(str(path), mapping)
    except FileUnreadable:
        return


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from((b"", *_SEEDS, gzip.compress(_SEEDS[0]))), st.binary(max_size=300), st.sampled_from(_MAPS))
@example(b"", b'text\n"', None)
@example(b"", b"\x1f\x8b\x08", None)
@example(_SEEDS[1], b"\r1,2\r\x00", None)
@example(b"", b"text,time\nx,9999-12-31T23:59:59Z\ny,\n", None)
def test_no_bytes_raise_anything_but_file_unreadable(
    tmp_path: Path, start: bytes, noise: bytes, mapping: Mapping | None
) -> None:
    read_or_refuse(tmp_path / "noise", start + noise, mapping)


_LETTERS = st.text(alphabet='a1,;\t|"\n\r\x00é :-/ZTte', max_size=120)
_HEADERS = ("", "text\n", "text,time\n", HEADER)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(_HEADERS), _LETTERS, st.sampled_from(_MAPS))
@example("text\n", '""1\r1', None)
def test_no_table_raises_anything_but_file_unreadable(
    tmp_path: Path, header: str, body: str, mapping: Mapping | None
) -> None:
    read_or_refuse(tmp_path / "noise", (header + body).encode(), mapping)
