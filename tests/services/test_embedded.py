"""`up` and `down`, with real processes."""

import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stream.errors import ServiceFailed
from stream.services.broker import answers, broker_running
from stream.services.embedded import Services, down, running, up
from stream.services.postgres import postgres_running


def test_services_outlive_the_process_that_started_them(data_dir: Path, services: Services) -> None:
    assert broker_running(data_dir / "broker")
    assert postgres_running(data_dir / "postgres")
    assert answers(services.kafka)


def test_up_again_starts_nothing_and_says_so(data_dir: Path, services: Services) -> None:
    assert up(data_dir) == services
    assert not services.broker_fresh


def test_the_addresses_are_written_for_the_owner_only(data_dir: Path, services: Services) -> None:
    path = data_dir / "services.toml"
    assert tomllib.loads(path.read_text()) == {"kafka": services.kafka, "database": services.database}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_password_is_not_shown(data_dir: Path, services: Services) -> None:
    password = (data_dir / "postgres" / "password").read_text()
    assert password in services.database
    assert password not in repr(services) + str(services)


def test_two_ups_at_once_start_one_of_each_and_down_stops_both(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(up, [tmp_path, tmp_path])
    assert (first.kafka, first.database) == (second.kafka, second.database)
    assert {first.broker_fresh, second.broker_fresh} == {True, False}
    assert down(tmp_path)
    assert not broker_running(tmp_path / "broker")
    assert not postgres_running(tmp_path / "postgres")
    assert not (tmp_path / "services.toml").exists()
    assert not down(tmp_path), "nothing runs any more, and down says so"


def test_nothing_runs_in_a_folder_nobody_used(tmp_path: Path) -> None:
    assert running(tmp_path / "new") is None
    assert not down(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(ServiceFailed, match=r"data \(File exists\).*TIDELINE_DATA_DIR"):
        up(tmp_path / "data")
