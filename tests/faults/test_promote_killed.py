"""Kill −9 at every step of a promotion: the pointer, the record and the transfers agree afterwards."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from models.registry.pointer import read_choice
from storage.database import transaction
from stream.cli import main
from tests.faults.site import ROOT
from tests.models.tiny import saved

MODELS = Path(".tideline/models")
PROMOTE = ("models", "promote", "second", "--because", "x", "--force")
ROLLBACK = ("models", "rollback", "--because", "x")


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    for name, value in {"LANGUAGES": '["en"]', "MODE": "demo", "DATABASE": database_url}.items():
        monkeypatch.setenv(f"TIDELINE_{name}", value)


@pytest.fixture
def versions() -> dict[str, str]:
    found = {name: saved(MODELS / name, name, seed).version for name, seed in (("first", 1), ("second", 2))}
    tideline("models", "use", "first")
    return found


def tideline(*arguments: str) -> Any:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output
    return result


def killed(moment: str, *arguments: str) -> None:
    environment = os.environ | {"TIDELINE_FAULT": f"{moment}:1:KILL", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-m", "stream.cli", *arguments], env=environment, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def in_use() -> str:
    choice = read_choice(MODELS)
    assert choice is not None
    return choice.version


def agreed(engine: Engine) -> dict[str, Any]:
    """The newest line of the record, which listing settles, once it agrees with everything else."""
    newest: dict[str, Any] = json.loads(tideline("models", "promotions", "--json").stdout)[0]
    assert newest["state"] in ("done", "undone")
    assert in_use() == (newest["model"] if newest["state"] == "done" else newest["previous"])
    with transaction(engine) as connection:
        transfers = connection.execute(text("SELECT version FROM model_transfers")).scalars().all()
        begun = connection.execute(text("SELECT count(*) FROM model_promotions WHERE state = 'begun'")).scalar_one()
    assert begun == 0
    assert set(transfers) <= {newest["model"], newest["previous"]}
    return newest


@pytest.mark.parametrize("moment", ["promotion_measured", "promotion_begun", "promotion_pointed", "promotion_done"])
def test_a_promotion_that_is_killed_happened_or_did_not(engine: Engine, versions: dict[str, str], moment: str) -> None:
    killed(moment, *PROMOTE)
    happened = moment in ("promotion_pointed", "promotion_done")
    assert in_use() == versions["second" if happened else "first"]
    newest = agreed(engine)
    if not happened:
        assert (newest["state"] == "undone") == (moment == "promotion_begun")
        with transaction(engine) as connection:
            assert connection.execute(text("SELECT count(*) FROM model_transfers")).scalar_one() == 0
        tideline(*PROMOTE)
    newest = agreed(engine)
    assert (newest["model"], newest["state"]) == (versions["second"], "done")


@pytest.mark.parametrize("moment", ["promotion_begun", "promotion_pointed"])
def test_a_rollback_that_is_killed_happened_or_did_not(engine: Engine, versions: dict[str, str], moment: str) -> None:
    tideline(*PROMOTE)
    killed(moment, *ROLLBACK)
    newest = agreed(engine)
    assert newest["kind"] == "rollback"
    assert in_use() == versions["first" if moment == "promotion_pointed" else "second"]


def test_a_lock_goes_with_the_process_that_held_it(engine: Engine, versions: dict[str, str]) -> None:
    killed("promotion_measured", *PROMOTE)
    tideline("models", "use", "second")
    assert agreed(engine)["kind"] == "use"
