"""The embedded services of these tests are started by a process that ends at once, as `tideline up` does."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.services.embedded import Services, down, running

ROOT = Path(__file__).parents[2]
UP = "import pathlib, sys; from stream.services.embedded import up; print(up(pathlib.Path(sys.argv[1])))"

sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("services") / "deep" / "data"
    done = subprocess.run([sys.executable, "-c", UP, directory], cwd=ROOT, capture_output=True, text=True)
    assert "broker_fresh=True" in done.stdout, done.stderr
    yield directory
    down(directory)


@pytest.fixture
def services(data_dir: Path) -> Services:
    found = running(data_dir)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def real_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from tests.faults.kafka_server import KafkaServer, fetch_kafka

    libs, reason = fetch_kafka()
    if libs is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    with KafkaServer(tmp_path_factory.mktemp("kafka"), libs) as server:
        yield server.address
