"""A database from before there were cases, with alerts in every state, keeps them all and tells of what waited."""

import uuid
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from storage.database import make_engine, transaction
from storage.migrate import MIGRATIONS, migrate

BEFORE = "0002"
STATES = ("pending", "delivered", "failed", "held")


@pytest.fixture
def old(postgres: str) -> Iterator[Engine]:
    """A database as the release before left it."""
    name = f"old_{uuid.uuid4().hex[:12]}"
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = make_engine(make_url(postgres).set(database=name).render_as_string(hide_password=False))
    with transaction(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def put(engine: Engine, number: int, person: str, state: str) -> str:
    alert_id = str(uuid.UUID(int=number))
    with transaction(engine) as connection:
        values = {"id": alert_id, "person": person, "state": state}
        connection.execute(
            text(
                "INSERT INTO alerts (id, rule, rule_version, subject_kind, subject, emotion, at, statistic, threshold, "
                "severity, evidence, model) VALUES (:id, 'r', 'v', 'person', :person, 'fear', now(), 1, 1, 'low', "
                "'{}', 'm')"
            ),
            values,
        )
        connection.execute(text("INSERT INTO outbox (alert_id, payload, state) VALUES (:id, '{}', :state)"), values)
    return alert_id


def test_old_alerts_stay_and_those_that_nobody_has_got_yet_become_cases(old: Engine) -> None:
    ids = [put(old, number, f"person-{number}", state) for number, state in enumerate(STATES, 1)]
    again = put(old, 9, "person-1", "pending")
    migrate(old)
    with transaction(old) as connection:
        states = connection.execute(text("SELECT alert_id::text, state FROM outbox ORDER BY alert_id")).all()
        cases = connection.execute(text("SELECT alert_id::text, case_id::text FROM case_alerts ORDER BY 1")).all()
        events = connection.execute(text("SELECT who, event FROM case_history")).all()
    assert dict(map(tuple, states)) == dict(
        zip([*ids, again], ["pending", "dispatched", "pending", "held", "pending"], strict=True)
    )
    assert dict(map(tuple, cases)) == {ids[0]: ids[0], ids[2]: ids[2], again: ids[0]}
    assert [tuple(event) for event in events] == [("tideline", "opened")] * 2
