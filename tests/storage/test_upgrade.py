"""A database of the first release with every table filled: upgraded, it has lost nothing and goes on working."""

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, text

from alerts.delivery.receiver import Receiver, serving
from alerts.delivery.webhook import split_secrets
from storage.database import transaction
from storage.migrate import migrate, newest_version
from storage.months import Months
from storage.people import opt_out
from storage.progress import register_partitions
from stream.cli import main
from stream.messages import Message
from stream.posts import pseudonym
from stream.settings import DEMO_SECRET
from stream.verify import Verdict, verify
from tests.storage.old_databases import database_at
from tests.stream.crowds import BEGIN, crowd, crowd_rules
from tests.stream.helpers import KEY, PARTITIONS, TOPIC, batches, make_oracle, make_pipeline, tick, to_log
from tests.stream.test_community import run_rebuild

FIRST = "0001"
RULES = crowd_rules()
AWAY = pseudonym(KEY, "test", "neighbour-7")
STATES = ("pending", "delivered", "failed", "held")  # of an outbox row then
BECAME = {"pending": "pending", "delivered": "dispatched", "failed": "pending", "held": "held"}
KEPT = (
    "channel_hours", "dead_letters", "opt_outs", "partition_progress", "points", "post_keys", "post_texts",
    "waiting_channel_posts", "waiting_posts",
)  # fmt: skip
OLDER = uuid.UUID(int=1)  # alerts of older rules have ids of their own
Rows = list[dict[str, Any]]


def the_log() -> tuple[list[Message], list[Message]]:
    """What the first release had read, up to the middle of an hour, and what came later."""
    posts: list[Any] = [*crowd(), tick(BEGIN + timedelta(days=9))]
    log = to_log([*posts[:700], b"no post at all", *posts[700:]])
    middle = len(log) * 5 // 6
    return log[:middle], log[middle:]


def work(engine: Engine, log: Sequence[Message]) -> None:
    pipeline = make_pipeline(engine, rules=RULES)
    for batch in batches(log, 256):
        pipeline.process(batch)


def rows_of(engine: Engine, table: str) -> Rows:
    with transaction(engine) as connection:
        return list(connection.execute(text(f"SELECT to_jsonb(t) FROM {table} AS t ORDER BY t::text")).scalars())


def put(connection: Connection, table: str, rows: Rows) -> None:
    """Write whatever the table has a column for."""
    statement = text("SELECT column_name FROM information_schema.columns WHERE table_name = :table")
    names = connection.execute(statement, {"table": table}).scalars()
    columns = ", ".join(name for name in names if name in rows[0])
    source = f"jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
    connection.execute(
        text(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {source}"), {"rows": json.dumps(rows)}
    )


def hand_down(new: Engine, old: Engine) -> None:
    """Lay what this release has stored into the old schema, with states and alerts of older rules."""
    Months(old).ensure(datetime.fromisoformat(row["sent_at"]) for row in rows_of(new, "points"))
    alerts = [row | {"id": str(uuid.uuid5(OLDER, row["id"])), "rule_version": "0"} for row in rows_of(new, "alerts")]
    with transaction(old) as connection:
        for table in KEPT:
            put(connection, table, rows_of(new, table))
        for table in ("person_states", "channel_states"):
            put(connection, table, [row | {"state": {"rules": {"older@0": [1, 0.5]}}} for row in rows_of(new, table)])
        put(connection, "alerts", alerts)
        put(connection, "outbox", [outbox_row(*each) for each in zip(alerts, cycle(STATES), strict=False)])


def outbox_row(alert: dict[str, Any], state: str) -> dict[str, Any]:
    at, delivered = alert["at"], state == "delivered"
    row = {"alert_id": alert["id"], "payload": {}, "state": state, "attempts": 3, "next_attempt_at": at}
    row |= {"delivered_at": at if delivered else None, "last_status": 204 if delivered else 500}
    return row | {"created_at": at, "last_error": None if delivered else "HTTP 500"}


@pytest.fixture
def old(postgres: str) -> Iterator[Engine]:
    with database_at(postgres, newest_version()) as new, database_at(postgres, FIRST) as old:
        with transaction(new) as connection:
            register_partitions(connection, TOPIC, PARTITIONS)
            opt_out(connection, AWAY)
        work(new, the_log()[0])
        hand_down(new, old)
        yield old


def compare(engine: Engine) -> Verdict:
    before, after = the_log()
    return verify(engine, TOPIC, make_oracle(frozenset({AWAY}), RULES).run([*before, *after]))


def test_every_row_of_every_table_is_still_there_as_it_was(old: Engine) -> None:
    tables = (*KEPT, "alerts")
    before = {table: rows_of(old, table) for table in tables}
    told = {row["alert_id"]: row for row in rows_of(old, "outbox")}
    people = len(rows_of(old, "person_states"))
    assert all(before.values())
    assert {row["state"] for row in told.values()} == set(STATES)
    assert migrate(old) == (FIRST, newest_version())
    for table in tables:
        after = [{name: row[name] for name in before[table][0]} for row in rows_of(old, table)]
        assert sorted(after, key=str) == sorted(before[table], key=str), table
    after_outbox = {row["alert_id"]: (row["state"], row["settled_at"]) for row in rows_of(old, "outbox")}
    assert after_outbox == {name: (BECAME[row["state"]], row["delivered_at"]) for name, row in told.items()}
    assert len(rows_of(old, "person_states")) == people


def test_posts_that_wait_learn_what_their_points_know(old: Engine) -> None:
    """Otherwise the hours that were open during the upgrade would be heard without language and channel."""
    migrate(old)
    points = {row["key"]: (row["language"], row["channel"]) for row in rows_of(old, "points")}
    waiting = {row["key"]: (row["language"], row["channel"]) for row in rows_of(old, "waiting_posts")}
    assert waiting == {key: points[key] for key in waiting}
    assert any(all(each) for each in waiting.values())


def test_after_a_rebuild_it_is_as_if_this_release_had_read_everything(old: Engine) -> None:
    migrate(old)
    alerts = len(rows_of(old, "alerts"))
    rebuilt = run_rebuild(old)
    assert rebuilt.alerts_superseded == alerts
    work(old, the_log()[1])
    verdict = compare(old)
    assert verdict.differences == 0, verdict.examples
    assert verdict.compared["tags"] > 30
    again = run_rebuild(old)
    assert (again.alerts_new, again.alerts_superseded) == (0, 0)


def test_a_worker_goes_on_without_a_rebuild(old: Engine) -> None:
    migrate(old)
    work(old, the_log()[0])  # whatever a worker had not confirmed comes again
    work(old, the_log()[1])
    differing = compare(old).differing
    wrong = {what for what, count in differing.items() if count}
    assert not wrong & {"points", "series", "watermarks", "alerts and outbox unpaired", "keys without points"}


def test_what_nobody_had_got_is_delivered_once_under_the_same_id(old: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    due = {row["alert_id"] for row in rows_of(old, "outbox") if BECAME[row["state"]] == "pending"}
    migrate(old)
    receiver = Receiver(split_secrets(DEMO_SECRET))
    with serving(receiver):
        monkeypatch.setenv("TIDELINE_MODE", "demo")
        monkeypatch.setenv("TIDELINE_DATABASE", old.url.render_as_string(hide_password=False))
        monkeypatch.setenv("TIDELINE_WEBHOOK_URL", receiver.url)
        for delivered in (len(due), 0):
            found = CliRunner().invoke(main, ["deliver", "--once", "--json"])
            assert json.loads(found.output)["delivered"] == delivered
    assert set(receiver.seen) == due
    cases = {row["alert_id"] for row in rows_of(old, "case_alerts")}
    assert cases == due
