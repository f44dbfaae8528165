"""Tests that kill things run only when asked for: `make faults`, TIDELINE_FAULTS=1, or `-m faults`."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.services.postgres import start_postgres, stop_postgres
from tests.faults.kafka_server import KafkaServer, fetch_kafka
from tests.faults.site import Site, settings_of

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.faults)
    asked = os.environ.get("TIDELINE_FAULTS") == "1" or "faults" in config.getoption("-m")
    if ours and not asked:
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    libs, reason = fetch_kafka()
    if libs is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    with KafkaServer(tmp_path_factory.mktemp("kafka"), libs) as server:
        yield server


@pytest.fixture
def site(kafka: KafkaServer, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    yield from _site(kafka, database_url, tmp_path, monkeypatch)


@pytest.fixture
def own_site(kafka: KafkaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site with a Postgres of its own, to be stopped; outside pytest's folders, which it tidies meanwhile."""
    with tempfile.TemporaryDirectory(prefix="tideline-postgres-") as folder:
        directory = Path(folder) / "postgres"
        for site in _site(kafka, start_postgres(directory), tmp_path, monkeypatch):
            site.postgres = directory
            yield site
        stop_postgres(directory, immediate=True)


def _site(kafka: KafkaServer, database: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name, value in settings_of(kafka.address, database, folder).items():
        monkeypatch.setenv(name, value)
    site = Site(folder, kafka.address, database)
    site.tideline("migrate")
    yield site
    site.close()
