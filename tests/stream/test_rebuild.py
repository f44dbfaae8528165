"""A rebuild finds what the stream found, repairs what was damaged, and wakes nobody."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from alerts.rules import load_rules
from storage.database import transaction
from storage.progress import register_partitions
from stream.laps import Lap
from stream.messages import Message
from stream.pipeline import points_of
from stream.progress import Quiet
from stream.rebuild import Rebuilt, rebuild
from stream.verify import verify
from tests.stream.helpers import LATENESS, NOW, PARTITIONS, TOPIC, make_oracle, make_pipeline, tick, to_log
from tests.stream.test_pipeline import assert_as_oracle, history, process

END = NOW - timedelta(days=1)


@pytest.fixture
def log(engine: Engine) -> list[Message]:
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    log = to_log([*history(), tick(END)])
    process(engine, log, 256)
    return log


def run(engine: Engine, rules: Path | None = None, *, send: bool = False) -> Rebuilt:
    return rebuild(engine, load_rules(rules), TOPIC, LATENESS, "keywords-2", Quiet(), send=send)


def test_a_rebuild_of_a_sound_database_changes_nothing(engine: Engine, log: list[Message]) -> None:
    rebuilt = run(engine)
    assert (rebuilt.alerts_new, rebuilt.alerts_superseded) == (0, 0)
    assert rebuilt.alerts_kept > 0
    assert_as_oracle(engine, log)


def test_a_rebuild_repairs_damaged_series_states_and_flags(engine: Engine, log: list[Message]) -> None:
    with transaction(engine) as connection:
        connection.execute(text("UPDATE person_states SET state = '\\x80'"))
        connection.execute(text("UPDATE channel_hours SET posts = posts + 1"))
        connection.execute(text("UPDATE points SET repeated = NOT repeated"))
        connection.execute(text("DELETE FROM channel_states"))
    assert verify(engine, TOPIC, make_oracle().run(log)).differences > 0
    run(engine)
    assert_as_oracle(engine, log)


STRICT = """
[[rules]]
name = "never"
detector = "level"
subject = "person"
emotion = "sadness"
threshold = 0.99
"""


def test_alerts_that_new_rules_do_not_find_are_kept_and_marked(
    engine: Engine, log: list[Message], tmp_path: Path
) -> None:
    (tmp_path / "rules.toml").write_text(STRICT)
    rebuilt = run(engine, tmp_path / "rules.toml")
    assert rebuilt.alerts_superseded > 0
    with transaction(engine) as connection:
        rows = connection.execute(
            text(
                "SELECT count(*), count(superseded_at), count(*) FILTER (WHERE state = 'pending') "
                "FROM alerts JOIN outbox ON outbox.alert_id = alerts.id"
            )
        ).one()
    assert tuple(rows) == (rebuilt.alerts_superseded, rebuilt.alerts_superseded, 0)


def test_alerts_found_anew_are_held_so_that_nobody_is_woken_for_the_past(engine: Engine, log: list[Message]) -> None:
    with transaction(engine) as connection:
        connection.execute(text("DELETE FROM outbox"))
        connection.execute(text("DELETE FROM alerts"))
    rebuilt = run(engine)
    assert rebuilt.alerts_new > 0
    with transaction(engine) as connection:
        states = connection.execute(text("SELECT DISTINCT state FROM outbox")).scalars().all()
    assert states == ["held"]
    assert_as_oracle(engine, log)


def test_a_rebuild_between_a_batch_and_its_channels_applies_no_post_twice(engine: Engine) -> None:
    """A worker that died right there left closed buckets waiting; the rebuild has counted them already."""
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    log = to_log([*history(), tick(END)])
    pipeline = make_pipeline(engine)
    reads = pipeline.reader.score(pipeline.reader.read(log, lambda _: set()), log)
    pipeline.months.ensure(point.sent_at for point in points_of(reads))
    pipeline._write(pipeline.reader, reads, None, Lap(0.0))
    run(engine)
    process(engine, log, 256)
    assert_as_oracle(engine, log)
