"""One database for the module, filled through the pipeline, and one server for each test."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.database import make_engine, transaction
from storage.progress import register_partitions
from tests.conftest import fresh_database
from tests.dashboards.grafana_server import TOKEN, Grafana, serving
from tests.stream.crowds import crowd, crowd_rules, moment
from tests.stream.helpers import PARTITIONS, TOPIC, batches, make_pipeline, tick, to_log


@pytest.fixture(scope="module")
def watched(postgres: str, migrated: str) -> Iterator[Engine]:
    """Two dozen people for eight days, one of which makes everybody sad; alerts about persons, a channel and all."""
    with fresh_database(postgres, migrated) as url:
        engine = make_engine(url)
        _fill(engine)
        yield engine
        engine.dispose()


def _fill(engine: Engine) -> None:
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    posts = crowd(people=24, days=8)
    pipeline = make_pipeline(engine, rules=crowd_rules())
    for batch in batches(to_log([*posts, tick(moment(posts[-1]) + timedelta(days=1))]), 1000):
        pipeline.process(batch)


@pytest.fixture
def grafana(monkeypatch: pytest.MonkeyPatch, _own_folder: Path) -> Iterator[Grafana]:
    """An empty server, and settings that lead there."""
    with serving() as server:
        monkeypatch.setenv("TIDELINE_GRAFANA_URL", server.url)
        monkeypatch.setenv("TIDELINE_GRAFANA_TOKEN", TOKEN)
        monkeypatch.setenv("TIDELINE_GRAFANA_DATABASE", "postgres.inside:5432/tideline")
        monkeypatch.setenv("TIDELINE_DASHBOARD_PASSWORD", "the-password-of-groups")
        monkeypatch.setenv("TIDELINE_PERSON_PASSWORD", "the-password-of-persons")
        yield server
