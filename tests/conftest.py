"""One embedded Postgres for the whole run, a fresh migrated database for each test that asks."""

import random
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from storage.database import make_engine
from storage.migrate import migrate
from stream.services.postgres import start_postgres, stop_postgres
from tests.stream.label_fixtures import labelled_often, labels, labels_apart, posts_to_label  # noqa: F401 fixtures


@pytest.fixture(autouse=True)
def _seeded() -> None:
    random.seed(20261121)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of the folder it was started from."""
    monkeypatch.chdir(tmp_path)
    for name in ("TIDELINE_KAFKA", "TIDELINE_DATABASE", "TIDELINE_CONFIG", "TIDELINE_MODE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """In a folder of its own: pytest tidies its own folders under the feet of a server that is not root."""
    with tempfile.TemporaryDirectory(prefix="tideline-postgres-") as folder:
        directory = Path(folder) / "postgres"
        yield start_postgres(directory)
        stop_postgres(directory, immediate=True)


@pytest.fixture(scope="session")
def migrated(postgres: str) -> str:
    """The name of a migrated database that others are copied from."""
    name = "tideline_template"
    _admin(postgres, f"CREATE DATABASE {name}")
    engine = make_engine(make_url(postgres).set(database=name).render_as_string(hide_password=False))
    migrate(engine)
    engine.dispose()
    return name


@contextmanager
def fresh_database(postgres: str, migrated: str) -> Iterator[str]:
    """The address of a migrated database that is dropped afterwards; for a module that shares a filled one."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _admin(postgres, f"CREATE DATABASE {name} TEMPLATE {migrated}")
    yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
    _admin(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(postgres: str, migrated: str) -> Iterator[str]:
    with fresh_database(postgres, migrated) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


def _admin(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
