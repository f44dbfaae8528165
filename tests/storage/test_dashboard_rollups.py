"""What dashboards add up is what the points say: after batches of any size, a rebuild, and an erasure."""

import random
from collections import defaultdict
from datetime import UTC, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, text

from alerts.rules import load_rules
from storage.database import transaction
from storage.people import opt_out
from storage.progress import register_partitions
from stream.cli import main
from stream.messages import Message
from stream.posts import pseudonym
from stream.progress import Quiet
from stream.rebuild import rebuild
from tests.stream.helpers import (
    KEY,
    LATENESS,
    NOW,
    PARTITIONS,
    TOPIC,
    make_pipeline,
    record,
    records,
    spike,
    tick,
    to_log,
)

Tables = dict[str, dict[tuple[Any, ...], list[Any]]]
TABLES = {
    "channel_hours": ("channel", "hour", "partition"),
    "channel_days": ("channel", "day", "partition"),
    "everyone_hours": ("hour", "partition"),
    "everyone_days": ("day", "partition"),
    "model_hours": ("hour", "model", "language", "partition"),
    "model_days": ("day", "model", "language", "partition"),
    "abstentions": ("hour", "language", "reason", "partition"),
}
BUSY = "author-3"


def a_log(seed: int) -> list[Message]:
    """Mixed posts, an angry channel, posts out of order and late ones, and an hour that is still open."""
    rng = random.Random(seed)
    posts = [*records(260), *spike(1000, NOW - timedelta(days=59), 30)]
    posts += [record(2000 + n, channel=f"channel-{n % 24}", author=BUSY) for n in range(60)]
    posts.sort(key=lambda post: post["sent_at"])
    for _ in range(12):  # late: they come a few hundred posts after their time
        posts.append(posts.pop(rng.randrange(len(posts) // 2)))
    return to_log([*posts, record(3000, sent_at=(NOW - timedelta(days=57)).isoformat())])


def work(engine: Engine, log: list[Message], seed: int) -> None:
    rng, pipeline, start = random.Random(seed), make_pipeline(engine), 0
    while start < len(log):
        size = rng.choice([1, 7, 60, 200])
        pipeline.process(log[start : start + size])
        start += size


def stored(connection: Connection) -> Tables:
    found: Tables = {}
    for table, keys in TABLES.items():
        rows = connection.execute(text(f"SELECT * FROM {table}")).mappings().all()
        found[table] = {
            tuple(row[key] for key in keys): [row[name] for name in sorted(row) if name not in keys] for row in rows
        }
    return found


def counted(connection: Connection) -> Tables:
    """From points and waiting posts, in plain Python."""
    waiting = set(connection.execute(text("SELECT key FROM waiting_posts")).scalars())
    sums: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {table: defaultdict(_empty) for table in TABLES}
    for point in connection.execute(text("SELECT * FROM points")).mappings():
        hour = point["sent_at"].astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        names = {**point, "hour": hour, "day": hour.replace(hour=0), "reason": point["abstained"]}
        names |= {"channel": point["channel"] or "", "language": point["language"] or ""}
        heard = not point["late"] and not point["retweet"] and point["key"] not in waiting
        for table, keys in TABLES.items():
            if table != "abstentions" or point["abstained"]:
                _count(sums[table][tuple(names[key] for key in keys)], point["scores"], point["person"] if heard else 0)
    return {table: {key: _row(table, row) for key, row in rows.items()} for table, rows in sums.items()}


def _empty() -> dict[str, Any]:
    return {"leads": [0] * 7, "people": set(), "posts": 0, "scored": 0, "sums": [0] * 7, "top": [0] * 10}


def _count(row: dict[str, Any], scores: list[int] | None, person: Any) -> None:
    row["posts"] += 1
    row["people"] |= {person} if person else set()
    if scores is not None:
        best = max(scores)
        row["scored"] += 1
        row["sums"] = [a + b for a, b in zip(row["sums"], scores, strict=True)]
        row["top"][min(best // 100, 9)] += 1
        row["leads"][scores.index(best)] += 1


def _row(table: str, row: dict[str, Any]) -> list[Any]:
    shown = {"abstentions": ("people", "posts"), "model_hours": tuple(row), "model_days": tuple(row)}
    names = shown.get(table, ("people", "posts", "scored", "sums"))
    return [len(row[name]) if name == "people" else row[name] for name in sorted(names)]


def test_the_sums_are_what_the_points_say_whatever_the_batches(engine: Engine) -> None:
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    log = a_log(1)
    work(engine, log, 2)
    with transaction(engine) as connection:
        first = stored(connection)
        assert first == counted(connection)
        assert all(first.values())
        for table in TABLES:
            assert connection.execute(text(f"SELECT sum(people) FROM {table}")).scalar() > 0, table
        assert connection.execute(text("SELECT count(*) FROM waiting_posts")).scalar()
        assert connection.execute(text("SELECT count(*) FROM points WHERE late")).scalar()

    _rebuild(engine)
    with transaction(engine) as connection:
        assert stored(connection) == first

    with transaction(engine) as connection:
        assert opt_out(connection, pseudonym(KEY, "test", BUSY)) > 60
        without = stored(connection)
        assert without == counted(connection)
        assert without != first

    work(engine, log, 3)  # everything comes again, and the hour that was open closes
    work(engine, to_log([tick(NOW)]), 4)
    with transaction(engine) as connection:
        last = stored(connection)
        assert last == counted(connection)
        assert last != without


def _rebuild(engine: Engine) -> None:
    rebuild(engine, load_rules(None), TOPIC, LATENESS, "keywords-2", Quiet(), send=False)


def test_every_minute_of_the_clock_says_what_was_stored_in_it(engine: Engine) -> None:
    work(engine, [*a_log(1), *to_log([b"no post at all"])], 5)
    with transaction(engine) as connection:
        minute, batches, seconds, slowest = connection.execute(
            text("SELECT minute, sum(batches), sum(seconds), max(slowest) FROM throughput GROUP BY 1")
        ).one()
        totals = connection.execute(
            text("SELECT sum(posts), sum(scored), sum(abstained), sum(late), sum(set_aside) FROM throughput")
        ).one()
        points = connection.execute(
            text(
                "SELECT count(*), count(scores), count(abstained), count(*) FILTER (WHERE late), "
                "(SELECT count(*) FROM dead_letters) FROM points"
            )
        ).one()
    assert minute == NOW
    assert batches > 5
    assert 0 < slowest < seconds < 600
    assert tuple(totals) == tuple(points)
    assert totals[3] > 0
    assert totals[4] == 1


def test_who_writes_in_very_many_channels_on_a_day_is_counted_in_some_of_them_only(engine: Engine) -> None:
    posts = [record(n, author=BUSY, channel=f"channel-{n}", text=f"a table {n}") for n in range(50)]
    work(engine, to_log([*posts, tick(NOW)]), 1)
    with transaction(engine) as connection:
        days = dict(map(tuple, connection.execute(text("SELECT day, sum(people) FROM channel_days GROUP BY day"))))
        everyone = connection.execute(text("SELECT sum(people) FROM everyone_days")).scalar()
    assert list(days.values()) == [31]  # and the model is remembered beside them
    assert everyone == 1


def test_old_minutes_become_hours_and_nothing_is_lost(engine: Engine, database_url: str) -> None:
    totals = text("SELECT sum(posts), sum(batches), sum(seconds), max(slowest) FROM dashboard.throughput")
    with transaction(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO throughput SELECT minute, p, 3, 2, 1, 1, 0, 1, 0.5, 0.25 + p FROM generate_series("
                "date_trunc('hour', now()) - interval '20 days', now(), '7 minutes') AS minute, generate_series(0, 1) "
                "AS p"
            )
        )
        before = tuple(connection.execute(totals).one())
    environment = {"TIDELINE_MODE": "demo", "TIDELINE_DATABASE": database_url}
    for _ in range(2):
        found = CliRunner().invoke(main, ["expire"], env=environment)
        assert found.exit_code == 0, found.output
    with transaction(engine) as connection:
        assert tuple(connection.execute(totals).one()) == before
        ages = text("SELECT count(*) FROM throughput WHERE minute < now() - interval '15 days'")
        assert connection.execute(ages).scalar_one() == pytest.approx(5 * 24 * 2, abs=50)
