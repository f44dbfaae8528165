"""Fixtures of the tests of labels: one filled database for the whole run, left by each test as it was found."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, text

from storage.database import make_engine, transaction
from tests.stream.labelled import database, fill, url_of

_WRITTEN = (
    "post_verdicts", "alert_verdicts", "label_texts", "golden_posts", "label_leases", "case_history", "case_alerts",
    "cases", "outbox", "alerts", "post_texts",
)  # fmt: skip


@pytest.fixture(scope="session")
def posts_to_label(postgres: str, migrated: str) -> Iterator[str]:
    """The name of a database that nobody writes to."""
    with database(postgres, migrated) as name:
        fill(url_of(postgres, name))
        yield name


@pytest.fixture(scope="session")
def labelled_often(postgres: str, posts_to_label: str) -> Iterator[str]:
    with database(postgres, posts_to_label) as name:
        engine = make_engine(url_of(postgres, name))
        with transaction(engine) as connection:
            connection.execute(text("CREATE TABLE words_before AS SELECT * FROM post_texts"))
        engine.dispose()
        yield name


@pytest.fixture
def labels(postgres: str, labelled_often: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """What the commands work on too; the labeller is mia. For tests that write labels, alerts and words alone."""
    with _at_work(url_of(postgres, labelled_often), monkeypatch) as engine:
        yield engine
        with transaction(engine) as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # verdicts refuse to go otherwise
            for table in _WRITTEN:
                connection.execute(text(f"DELETE FROM {table}"))
            connection.execute(text("INSERT INTO post_texts SELECT * FROM words_before"))


@pytest.fixture
def labels_apart(postgres: str, posts_to_label: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The same in a database of its own, for tests after which nothing is as it was."""
    with database(postgres, posts_to_label) as name, _at_work(url_of(postgres, name), monkeypatch) as engine:
        yield engine


@contextmanager
def _at_work(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("TIDELINE_DATABASE", url)
    monkeypatch.setenv("TIDELINE_MODERATOR", "mia")
    engine = make_engine(url)
    yield engine
    engine.dispose()
