"""The same files and options mean the same messages, in time order, with ticks."""

import io
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.files import STDIN
from stream.order import Item, in_time_order
from stream.sequence import Message, ReplayOptions, messages, survey

START = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def write(folder: Path, minutes: Sequence[float], name: str = "posts.csv") -> str:
    lines = [f"{n},person-{n % 5},hello,{(START + timedelta(minutes=m)).isoformat()}" for n, m in enumerate(minutes)]
    path = folder / name
    path.write_text("\n".join(["id,author,text,sent_at", *lines, ""]))
    return str(path)


def of_kind(found: list[Message], kind: str) -> list[Message]:
    return [message for message in found if message.kind == kind]


def ids(found: list[Message]) -> list[str]:
    return [json.loads(message.value)["id"] for message in of_kind(found, "post")]


@given(st.lists(st.integers(0, 50), max_size=60), st.integers(1, 20))
def test_sorting_on_disk_is_the_stable_sort(minutes: list[int], chunk: int) -> None:
    items = [Item(START + timedelta(minutes=m), n, "a", b"") for n, m in enumerate(minutes)]
    assert list(in_time_order(items, chunk)) == sorted(items, key=lambda item: item.at)


def test_a_file_out_of_order_beyond_the_allowance_is_sorted(tmp_path: Path) -> None:
    path = write(tmp_path, [60, 0, 30])
    assert survey([path], ReplayOptions()).sorted
    assert ids(list(messages([path], ReplayOptions()))) == ["1", "2", "0"]
    assert ids(list(messages([path], ReplayOptions(sort="never")))) == ["0", "1", "2"]


def test_a_file_out_of_order_within_the_allowance_is_left_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, [5, 0, 9])
    assert not survey([path], ReplayOptions()).sorted
    assert ids(list(messages([path], ReplayOptions()))) == ["0", "1", "2"]
    assert ids(list(messages([path], ReplayOptions(sort="always")))) == ["1", "0", "2"]


def test_a_tick_follows_each_new_hour_and_one_closes_everything(tmp_path: Path) -> None:
    path = write(tmp_path, [0, 10, 40, 45, 300])
    found = list(messages([path], ReplayOptions(lateness=timedelta(minutes=20))))
    assert [message.kind for message in found] == [
        "post",
        "tick",
        "post",
        "post",
        "tick",
        "post",
        "post",
        "tick",
        "tick",
    ]
    times = [json.loads(message.value)["tick"][11:16] for message in of_kind(found, "tick")]
    assert times == ["09:00", "10:00", "14:00", "15:55"]
    assert [message.position for message in found] == list(range(1, 10))


def test_nothing_is_closed_when_more_will_follow(tmp_path: Path) -> None:
    found = list(messages([write(tmp_path, [0])], ReplayOptions(close=False)))
    assert [message.kind for message in found] == ["post", "tick"]


def test_a_post_from_the_future_moves_no_tick(tmp_path: Path) -> None:
    path = write(tmp_path, [0, 10_000_000])
    found = list(messages([path], ReplayOptions(not_after=START + timedelta(days=1))))
    assert len(of_kind(found, "post")) == 2
    assert max(message.at for message in of_kind(found, "tick") if message.at) < START + 2 * HOUR


def test_the_closing_tick_is_not_in_the_future(tmp_path: Path) -> None:
    limit = START + timedelta(minutes=10)
    found = list(messages([write(tmp_path, [0])], ReplayOptions(not_after=limit)))
    assert found[-1].at == limit


def test_from_to_and_limit_count_in_time_order(tmp_path: Path) -> None:
    path = write(tmp_path, [60, 0, 30, 90])
    since, until = START + timedelta(minutes=30), START + timedelta(minutes=90)
    assert ids(list(messages([path], ReplayOptions(since=since)))) == ["2", "0", "3"]
    assert ids(list(messages([path], ReplayOptions(until=until)))) == ["1", "2", "0"]
    assert ids(list(messages([path], ReplayOptions(limit=2)))) == ["1", "2"]
    assert ids(list(messages([path], ReplayOptions(limit=0)))) == []


def test_a_bad_row_stays_beside_the_row_before_it(tmp_path: Path) -> None:
    path = Path(write(tmp_path, [60, 0]))
    path.write_text(path.read_text() + "broken\n")
    for sort in ("always", "never"):
        (bad,) = of_kind(list(messages([str(path)], ReplayOptions(sort=sort))), "bad")  # type: ignore[arg-type]
        record = json.loads(bad.value)["bad_row"]
        assert record == {
            "file": "posts.csv",
            "line": 4,
            "reason": "expected 4 columns, found 1",
            "raw": "broken\n",
        }
    assert not of_kind(list(messages([str(path)], ReplayOptions(since=START + HOUR))), "bad")
    assert of_kind(list(messages([str(path)], ReplayOptions(until=START + HOUR))), "bad")


def test_spilling_to_disk_changes_nothing(tmp_path: Path) -> None:
    rng = random.Random(1)
    path = write(tmp_path, [rng.randrange(10_000) for _ in range(500)])
    assert list(messages([path], ReplayOptions(), chunk=7)) == list(messages([path], ReplayOptions()))


def test_several_files_are_one_sequence(tmp_path: Path) -> None:
    paths = [write(tmp_path, [100, 50], "a.csv"), write(tmp_path, [70, 60], "b.csv")]
    assert [message.at for message in messages(paths, ReplayOptions()) if message.kind == "post"] == [
        START + timedelta(minutes=minute) for minute in (50, 60, 70, 100)
    ]


def test_times_are_filled_in_across_files(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("text,label\nx,1\ny,1\n")
    options = ReplayOptions(step=timedelta(minutes=1))
    found = messages([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")], options)
    assert [message.at.minute for message in found if message.kind == "post" and message.at] == [0, 1, 2, 3]


@pytest.mark.parametrize(("sort", "order"), [("auto", ["0", "1"]), ("never", ["0", "1"]), ("always", ["1", "0"])])
def test_stdin_is_sorted_only_when_told(tmp_path: Path, sort: str, order: list[str]) -> None:
    stdin = io.BufferedReader(io.BytesIO(Path(write(tmp_path, [60, 0])).read_bytes()))  # type: ignore[arg-type]
    found = list(messages([STDIN], ReplayOptions(sort=sort), stdin=stdin))  # type: ignore[arg-type]
    assert ids(found) == order


def test_the_channel_and_source_of_the_options_fill_what_the_file_leaves_open(tmp_path: Path) -> None:
    found = next(messages([write(tmp_path, [0])], ReplayOptions(channel="tea", source="forum")))
    assert json.loads(found.value)["channel"] == "tea"
    assert json.loads(found.value)["source"] == "forum"
