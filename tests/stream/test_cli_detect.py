import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from stream.cli import main

START = datetime(2015, 3, 1, tzinfo=UTC)
SPIKE = 1500


def detect(path: str, *options: str, kind: str = "spike", given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["detect", "--csv", path, "--kind", kind, *options], input=given)


def answers(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def values(rows: int = 2000, seed: int = 1) -> list[int]:
    """Counts with a news burst of an hour."""
    rng = random.Random(seed)
    usual = [round(rng.gammavariate(4, 5)) for _ in range(rows)]
    return [count * (8 if SPIKE <= row < SPIKE + 12 else 1) for row, count in enumerate(usual)]


def stamp(row: int) -> str:
    return f"{START + timedelta(minutes=5 * row):%Y-%m-%d %H:%M:%S}"


def written(path: Path, numbers: list[Any], header: str = "timestamp,value") -> str:
    path.write_text("\n".join([header, *(f"{stamp(row)},{number}" for row, number in enumerate(numbers))]) + "\n")
    return str(path)


def test_every_row_is_answered_in_order_and_a_burst_alerts_once(tmp_path: Path) -> None:
    numbers = values()
    found = answers(detect(written(tmp_path / "a.csv", numbers), "--json"))
    assert [answer["timestamp"] for answer in found] == [stamp(row) for row in range(len(numbers))]
    assert [answer["value"] for answer in found] == numbers
    assert all(list(answer) == ["timestamp", "value", "score", "alert"] for answer in found)
    near = [row for row, answer in enumerate(found) if answer["alert"] and SPIKE <= row < SPIKE + 12]
    assert len(near) == 1
    assert sum(answer["alert"] for answer in found) <= 3


@pytest.mark.parametrize("kind", ["spike", "trend"])
def test_no_answer_changes_when_later_rows_do(tmp_path: Path, kind: str) -> None:
    numbers = values()
    whole = answers(detect(written(tmp_path / "whole.csv", numbers), "--json", kind=kind))
    for end in (1, 2, 99, 150, SPIKE + 2):
        other = [*numbers[:end], *([10**7, -3, "nan", ""] * 20)]
        cut = answers(detect(written(tmp_path / "cut.csv", numbers[:end]), "--json", kind=kind))
        changed = answers(detect(written(tmp_path / "changed.csv", other), "--json", kind=kind))
        assert cut == whole[:end] == changed[:end]


def test_a_slow_rise_is_a_trend_and_a_lone_burst_is_none(tmp_path: Path) -> None:
    rng = random.Random(3)
    flat = [rng.gauss(50, 5) for _ in range(3000)]
    rising = [number + max(0, row - 2000) / 100 for row, number in enumerate(flat)]
    burst = [number * (20 if row == 2500 else 1) for row, number in enumerate(flat)]
    alerts = {}
    for name, series in {"flat": flat, "rising": rising, "burst": burst}.items():
        found = answers(detect(written(tmp_path / f"{name}.csv", series), "--json", kind="trend"))
        alerts[name] = [row for row, answer in enumerate(found) if answer["alert"]]
    assert (alerts["flat"], alerts["burst"]) == ([], [])
    assert len(alerts["rising"]) == 1
    assert 2000 < alerts["rising"][0] < 2600


def test_rows_that_cannot_be_read_are_answered_and_told(tmp_path: Path) -> None:
    lines = ["timestamp,value"] + [f"{stamp(row)},{number}" for row, number in enumerate(values(300))]
    lines[50:50] = ["2015-03-01 04:00:00,many", "2015-03-01 04:00:00", "yesterday,12", "2015-03-01 04:00:00,NaN", ""]
    path = tmp_path / "bad.csv"
    path.write_text("\r\n".join(lines))
    result = detect(str(path), "--json")
    found = answers(result)
    assert len(found) == 304
    assert [answer.get("problem") for answer in found[49:53]] == [
        "the value is not a number",
        "a cell is missing",
        "the time cannot be read",
        "the value is not a finite number",
    ]
    assert [answer["value"] for answer in found[49:53]] == [None, None, 12, None]
    assert "304 rows" in result.stderr
    assert "4 rows could not be read in full (the first is line 51: the value is not a number)" in result.stderr


def test_gaps_repeats_and_times_that_run_backwards_are_judged_in_their_place(tmp_path: Path) -> None:
    numbers = values()
    rows = [f"{stamp(row)},{number}" for row, number in enumerate(numbers)]
    del rows[600:700]
    rows[300:303] = [rows[10]] * 3
    rows.insert(900, f"9999-12-31 23:59:59,{numbers[0]}")
    path = tmp_path / "jumps.csv"
    path.write_text("timestamp,value\n" + "\n".join(rows))
    result = detect(str(path), "--json")
    found = answers(result)
    assert len(found) == len(rows)
    assert "2 rows are earlier than the one before" in result.stderr
    begun = [answer["timestamp"] for answer in found if answer["alert"]]
    assert [time for time in begun if stamp(SPIKE) <= time < stamp(SPIKE + 12)]
    assert len(begun) <= 3


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("timestamp,value", "{time},{value}"),
        ("time;retweets", "{time};{value}"),
        ("name\tcount\tcreated_at", "acme\t{value}\t{iso}"),
        ("user_id,volume,ts", "7,{value},{epoch}"),
        ('"Date","Mentions"', '"{time}","{value}"'),
        ("", "{time},{value}"),
        ("", "{epoch},{value}.0"),
    ],
)
def test_columns_and_times_are_recognised(tmp_path: Path, header: str, row: str) -> None:
    plain = answers(detect(written(tmp_path / "plain.csv", values(600)), "--json"))
    lines = [header] if header else []
    for number, value in enumerate(values(600)):
        moment = START + timedelta(minutes=5 * number)
        lines.append(row.format(time=stamp(number), iso=moment.isoformat(), epoch=int(moment.timestamp()), value=value))
    path = tmp_path / "other.csv"
    path.write_text("\n".join(lines))
    found = answers(detect(str(path), "--json"))
    assert [(a["value"], a["score"], a["alert"]) for a in found] == [
        (a["value"], a["score"], a["alert"]) for a in plain
    ]


def test_columns_can_be_named_and_stdin_is_read(tmp_path: Path) -> None:
    text = "a,b,c\n" + "\n".join(f"{row},{stamp(row)},{2 * row}" for row in range(20))
    found = answers(detect("-", "--json", "--time", "b", "--value", "c", given=text))
    assert [answer["value"] for answer in found] == [2 * row for row in range(20)]


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("", [], "is empty"),
        ("timestamp,value\n", [], "no rows"),
        ("word,value\nx,1\n", [], "name one with --time"),
        ("timestamp,a,b\n2020-01-01,1,2\n", [], "name one with --value"),
        ("timestamp,value\n2020-01-01,1\n", ["--value", "valeu"], "it has timestamp, value"),
        ('timestamp,value\n2020-01-01,"1,5"\n2020-01-02,"2,5"\n', [], "write numbers like 1234.5"),
    ],
)
def test_a_file_that_is_no_series_gets_one_sentence(
    tmp_path: Path, text: str, options: list[str], sentence: str
) -> None:
    path = tmp_path / "no.csv"
    path.write_text(text)
    result = detect(str(path), *options)
    assert result.exit_code == 1
    assert sentence in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("threshold", ["0", "-1", "nan", "much"])
def test_a_threshold_that_is_none_is_refused(tmp_path: Path, threshold: str) -> None:
    result = detect(written(tmp_path / "a.csv", [1, 2]), "--threshold", threshold)
    assert result.exit_code == 2


def test_people_get_a_table_of_alerts(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", values())
    lines = detect(path).stdout.splitlines()
    assert lines[0].split()[:3] == ["timestamp", "value", "score"]
    assert any(line.startswith("2015-03-06 05:0") for line in lines[1:])
    assert detect(path, "--threshold", "50").stdout == ""


@pytest.mark.parametrize(
    "numbers",
    [
        [5] * 500,
        [0] * 500,
        [-40 + row % 7 / 10 for row in range(500)],
        [1e300, -1e300] * 200,
        [1e-9 * (row % 5) for row in range(500)],
        [*([3] * 200), -5, *([3] * 200)],
    ],
    ids=["constant", "zero", "negative", "huge", "tiny", "one negative"],
)
@pytest.mark.parametrize("kind", ["spike", "trend"])
def test_any_real_series_has_finite_scores(tmp_path: Path, numbers: list[float], kind: str) -> None:
    found = answers(detect(written(tmp_path / "a.csv", numbers), "--json", kind=kind))
    assert all(0 <= answer["score"] < 1e6 for answer in found)
    assert sum(answer["alert"] for answer in found) <= 1
