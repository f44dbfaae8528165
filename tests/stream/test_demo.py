"""The demo: what its last page says, what it refuses, and a small one from end to end."""

import gzip
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from storage.report import AlertLine
from stream.cli_demo import demo
from stream.demo.catch_up import NeverCaughtUp, catch_up
from stream.demo.folder import DemoRefused, alone, prepare
from stream.demo.isolation import demo_settings, environment
from stream.demo.page import WIDTH, page
from stream.demo.result import DemoResult
from stream.demo.run import DemoOptions, run_demo
from stream.demo.truth import Findings, judge
from stream.errors import FileUnreadable, ServiceFailed
from stream.posts import pseudonym
from stream.progress import Quiet
from stream.sample import SAMPLE, TRUTH
from stream.services.embedded import Services, running
from stream.settings import Settings, read_settings

KEY = b"a key for tests that is long enough"
STAMP = {"model": "keywords", "rules": "1", "sample": "2"}
SPIKE = datetime(2025, 4, 24, 19, tzinfo=UTC)
STORY: dict[str, Any] = {
    "people": 20,
    "drifts": {"sadness": [{"author": "a", "begins": "2025-04-01"}, {"author": "b", "begins": "2025-04-01"}]},
    "anger_spike": {"channel": "trains", "from": SPIKE.isoformat(), "to": (SPIKE + timedelta(hours=1)).isoformat()},
    "decoys": {"one bad day": ["c"]},
}


def alert(
    subject: str, rule: str = "sadness-trend", emotion: str = "sadness", at: datetime = SPIKE, kind: str = "person"
) -> AlertLine:
    name = pseudonym(KEY, "demo", subject) if kind == "person" else subject
    return AlertLine(f"{subject}{rule}", rule, kind, name, emotion, at, 3.0, 2.0, "low", {}, "m", "delivered")


RESULT = DemoResult(
    beginning="new",
    folder=Path(".tideline/demo"),
    report=Path(".tideline/demo/report.html"),
    model="some-model",
    services_running=False,
    workers=1,
    sample={"people": 330, "first": "2025-03-03T00:00:00+00:00", "last": "2025-05-11T00:00:00+00:00"},
    sent={"rows": 100, "posts": 98, "bad_rows": 2, "ticks": 5},
    points={"points": 95, "scored": 90, "abstained": 5, "repeats": 3},
    new={"posts": 95, "alerts": 2, "set_aside": 2},
    set_aside={"bad_row": 2},
    posts_per_second={"all": 50.0, "scoring": 80.0},
    alerts={"sadness-trend": 2},
    findings=Findings(
        planted={"sadness": 12},
        found={"sadness": 11},
        days={"sadness": 9.0},
        spikes_planted=1,
        about={"somebody steady": {"sadness-trend": 1}, "a planted drift": {"sadness-trend": 1}},
        steady=1,
        steady_people=295,
    ),
    webhooks={"delivered": 2, "verified": 2, "refused": 0},
    verified={"differences": 0, "compared": {"points": 95}, "examples": []},
    example="0c0ffee0-0000-0000-0000-000000000000",
    step_seconds={"Boiling water": 3.0},
    seconds=12.0,
)


def test_the_page_says_what_was_found_and_what_was_missed() -> None:
    text = page(RESULT, "tideline")
    for words in ("11 of 12", "0 of 1", "295 people", "2 of 2", "bad_row 2", "Boiling water", "report.html"):
        assert words in text
    assert max(map(len, text.splitlines())) <= WIDTH + 20


def test_the_page_tells_how_to_learn_from_the_verdicts_that_ship_and_only_where_they_do() -> None:
    assert "tideline retrain" not in page(RESULT, "tideline")
    told = page(replace(RESULT, labels=SAMPLE.with_name("labels.csv.gz")), "tideline")
    named = next(line.split()[-1] for line in told.splitlines() if "label import" in line)
    assert Path(named).is_file()
    assert told.index("tideline label import") < told.index("tideline retrain")


def test_the_page_counts_the_rows_that_came_twice() -> None:
    line = next(line for line in page(RESULT, "tideline").splitlines() if "came twice" in line)
    assert line.split()[2] == "3"


def test_a_second_run_is_told_as_nothing_new() -> None:
    again = replace(RESULT, beginning="kept", new={"posts": 0, "alerts": 0, "set_aside": 0})
    text = page(replace(again, webhooks={"delivered": 0, "verified": 0}), "tideline")
    assert "0 new, 95 already known" in text
    assert "an alert is sent once" in text


def test_a_difference_is_shouted_and_fails_the_demo() -> None:
    wrong = replace(RESULT, verified={"differences": 1, "compared": {"points": 95}, "examples": ["points x: missing"]})
    assert RESULT.ok
    assert not wrong.ok
    assert "DISAGREES" in page(wrong, "tideline")
    assert "points x: missing" in page(wrong, "tideline")


def test_a_webhook_that_the_receiver_refused_fails_the_demo() -> None:
    assert not replace(RESULT, webhooks={"delivered": 2, "verified": 1, "refused": 1}).ok


def test_alerts_are_judged_by_whom_they_are_about() -> None:
    early = alert("b", at=datetime(2025, 3, 20, tzinfo=UTC))
    spike = alert("trains", "anger-spike-channel", "anger", SPIKE + timedelta(minutes=10), "channel")
    elsewhere = replace(spike, id="other", subject="kitchen")
    found = judge(STORY, KEY, [alert("a"), early, alert("c"), alert("nobody"), spike, elsewhere])
    assert (found.planted, found.found) == ({"sadness": 2}, {"sadness": 1})
    assert found.days["sadness"] == pytest.approx(23.8)
    assert (found.spikes_found, found.spike_minutes) == (1, 10)
    assert found.steady == 1
    assert found.steady_people == 17
    assert sum(sum(rules.values()) for rules in found.about.values()) == found.alerts == 6
    assert found.about["a community that was calm"] == {"anger-spike-channel": 1}
    assert found.about["one bad day (a decoy)"] == {"sadness-trend": 1}


def test_nothing_found_is_a_judgement_too() -> None:
    found = judge(STORY, KEY, [])
    assert found.found == {"sadness": 0}
    assert found.spikes_found == 0


def test_a_folder_that_the_demo_did_not_make_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    for fresh in (False, True):
        with pytest.raises(DemoRefused, match="--data-dir"):
            prepare(tmp_path, STAMP, fresh)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_the_folder_is_kept_until_asked_or_until_its_origin_changes(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    assert prepare(folder, STAMP, False) == "new"
    (folder / "worker.log").write_text("old")
    assert prepare(folder, STAMP, False) == "kept"
    assert (folder / "worker.log").exists()
    assert prepare(folder, STAMP | {"rules": "9"}, False) == "outdated"
    assert not (folder / "worker.log").exists()
    assert prepare(folder, STAMP, True) == "fresh"


def test_two_demos_in_one_folder_take_turns_by_refusing(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(DemoRefused, match="another demo"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass


def test_no_setting_of_the_user_reaches_a_real_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "KAFKA": "real:9092",
        "DATABASE": "postgresql://real/db",
        "WEBHOOK_URL": "https://real",
    }.items():
        monkeypatch.setenv(f"TIDELINE_{name}", value)
    monkeypatch.setenv("TIDELINE_MODEL", "keywords")
    settings = demo_settings(tmp_path, Services("127.0.0.1:1", "postgresql+psycopg2://u:p@127.0.0.1/d", True))
    assert settings.kafka == "127.0.0.1:1"
    assert settings.database_url.endswith("127.0.0.1/d")
    assert settings.webhook_url == ""
    assert (settings.mode, settings.model) == ("demo", "keywords")


def test_a_worker_reads_exactly_the_settings_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = demo_settings(tmp_path, Services("127.0.0.1:1", "postgresql://u:p@127.0.0.1/d", True), batch_size=7)
    (tmp_path / "tideline.toml").write_text('kafka = "real:9092"\npartitions = 9\n')
    given = environment(settings, {"TIDELINE_PARTITIONS": "99", "PATH": "x"})
    assert given["PATH"] == "x"
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    read = read_settings()
    assert isinstance(read.database, SecretStr)
    assert {name: getattr(read, name) for name in Settings.model_fields} == dict(settings)


def test_catching_up_ends_when_the_worker_died_or_nothing_moves(engine: Any) -> None:
    def died() -> None:
        raise ServiceFailed("the worker ended")

    with pytest.raises(ServiceFailed):
        catch_up(engine, "posts", 5, Quiet(), died, sleep=lambda _: None)
    clock = iter(range(0, 10_000, 100))
    with pytest.raises(NeverCaughtUp):
        catch_up(engine, "posts", 5, Quiet(), lambda: None, clock=lambda: float(next(clock)), sleep=lambda _: None)


def test_a_missing_sample_says_where_the_demo_can_be_run(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="source checkout"):
        run_demo(DemoOptions(tmp_path / "d", tmp_path / "none.csv", TRUTH, show=False))
    assert not (tmp_path / "d").exists()


@pytest.fixture
def slice_of_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good thousand rows, one of them broken and one that comes twice."""
    lines = gzip.decompress(SAMPLE.read_bytes()).decode().splitlines(keepends=True)
    path = tmp_path / "slice.csv"
    path.write_text("".join([*lines[:1201], lines[1200], "too,few,columns\n"]))
    monkeypatch.setattr("stream.sample.SAMPLE", path)
    monkeypatch.setenv("TIDELINE_MODEL", "keywords")
    return path


def test_a_small_demo_ends_in_agreement_and_a_second_adds_nothing(slice_of_sample: Path, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    first = CliRunner().invoke(demo, ["--json", "--data-dir", str(folder)])
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert told["points"]["points"] == told["new"]["posts"] > 1000
    assert told["set_aside"]["bad_row"] == told["sent"]["bad_rows"] > 0
    assert told["verified"]["differences"] == 0
    assert told["verified"]["compared"]["points"] == told["points"]["points"]
    assert told["webhooks"]["verified"] == sum(told["alerts"].values())
    assert (folder / "report.html").stat().st_size > 10_000
    second = CliRunner().invoke(demo, ["--workers", "1", "--data-dir", str(folder)])
    assert second.exit_code == 0, second.output
    assert f"0 new, {told['points']['points']:,} already known" in second.stdout
    assert f"of {sum(told['verified']['compared'].values()):,} rows: Postgres agrees" in second.stdout
    assert running(folder) is None
    assert not (folder / "worker.pids").exists()


def test_interrupted_it_leaves_nothing_running(slice_of_sample: Path, tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, stream.sample; stream.sample.SAMPLE = pathlib.Path(sys.argv[1]);"
        "from stream.cli_demo import demo; demo(['--data-dir', sys.argv[2]])"
    )
    folder = tmp_path / "demo"
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(slice_of_sample), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert child.stderr is not None
    for line in child.stderr:
        if line.startswith("[3/"):
            break
    child.send_signal(signal.SIGTERM)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, out + err
    assert "stopped; the same command goes on" in err
    assert running(folder) is None
    assert not (folder / "worker.pids").exists()
