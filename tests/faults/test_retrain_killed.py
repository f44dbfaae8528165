"""`kill -9` at any step of a retraining: afterwards the registry and the database agree, and the next run goes on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.registry.folder import Registry
from storage.database import transaction
from storage.decisions import decisions
from stream.retraining.record import read_record
from tests.stream import retrained
from tests.stream.helpers import KEY
from tests.stream.retrained import tideline, write_labels

ROOT = Path(__file__).parents[2]
MOMENTS = ("retrain_begun", "retrain_trained", "retrain_staged", "retrain_renamed", "retrain_recorded")
SHOWN = {"retrain_renamed", "retrain_recorded"}
COMMAND = ("retrain", "--no-alerts", "--quiet")


@pytest.mark.parametrize("moment", MOMENTS)
def test_registry_and_database_agree_wherever_a_retraining_was_killed(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    prepare(engine, database_url, tmp_path, monkeypatch)
    assert killed_at(moment) == -signal.SIGKILL
    shown = ["tiny-1", "tiny-2"] if moment in SHOWN else ["tiny-1"]
    assert own(tmp_path) == shown
    made = json.loads(tideline(*COMMAND, "--resume", "--json").stdout)
    assert (made["decision"] is None) == (moment in SHOWN)  # the one that shows has learned from these labels
    assert own(tmp_path) == ["tiny-1", "tiny-2"]
    assert_agree(engine, tmp_path)


def prepare(engine: Engine, database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {
        "TIDELINE_DATABASE": database_url, "TIDELINE_DATA_DIR": str(folder), "TIDELINE_MODE": "demo",
        "TIDELINE_MODEL": "tiny-1", "TIDELINE_LANGUAGES": '["en"]', "TIDELINE_PSEUDONYM_KEY": KEY.decode(),
        "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    retrained.fill(engine)
    retrained.train_champion(folder)
    tideline("label", "import", str(write_labels(folder / "labels.csv")))


def killed_at(moment: str) -> int:
    environment = os.environ | {"TIDELINE_FAULT": f"{moment}:1:KILL"}
    asked = [sys.executable, "-m", "stream.cli", *COMMAND]
    return subprocess.run(asked, env=environment, capture_output=True, check=False).returncode


def own(folder: Path) -> list[str]:
    return Registry(folder / "models").own()


def assert_agree(engine: Engine, folder: Path) -> None:
    """Every challenger that shows has its decision in the database, and the other way round; nothing else is left."""
    beside = [read_record(folder / "models" / name) for name in own(folder) if name != "tiny-1"]
    with transaction(engine) as connection:
        stored = decisions(connection)
    assert {one.id for one in stored} == {one.id for one in beside if one}
    assert None not in beside
    assert list((folder / "models").glob(".*.training")) == []
