"""Every panel of every dashboard on a large database: `python -m benchmarks.dashboards`.

Each query is run as the role that Grafana uses, with everything chosen, over the newest 30 and 180 days, and its
median time is printed beside a bare SELECT 1. Exits 1 if one takes longer than the limit. A second, smaller database
shows whether the panels of the community depend on the number of posts.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url

from benchmarks import machine
from benchmarks.dashboard_fill import fill
from benchmarks.results import keep
from dashboards.checking.questions import questions
from dashboards.choices import choose, range_of, read_as
from dashboards.fill import filled
from dashboards.pages import DASHBOARDS
from dashboards.panel import Dashboard
from storage.database import make_engine, transaction
from storage.migrate import migrate
from stream.services.postgres import start_postgres, stop_postgres

WINDOWS = (30, 180)  # days
ROUNDS = 5
TIMES = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=5_000_000, help="posts (default 5,000,000)")
    parser.add_argument("--people", type=int, default=100_000, help="persons (default 100,000)")
    parser.add_argument("--alerts", type=int, default=100_000, help="alerts of the half year (default 100,000)")
    parser.add_argument("--limit", type=float, default=200.0, help="milliseconds a panel may take (default 200)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tideline-panels-") as folder:
        url = start_postgres(Path(folder) / "postgres")
        try:
            found = _measure(url, options)
        finally:
            stop_postgres(Path(folder) / "postgres", immediate=True)
    keep("dashboards", {"machine": machine.describe(), "options": vars(options), **found})
    sys.exit(1 if found["over"] else 0)


def _measure(url: str, options: argparse.Namespace) -> dict[str, Any]:
    large = _timed(url, "large", options.points, options)
    small = _timed(url, "small", options.points // 10, options)
    bare = large.pop("SELECT 1")
    small.pop("SELECT 1")
    over = sorted(name for name, spent in large.items() if spent > options.limit)
    print(f"{'milliseconds':<52} {options.points // 10:>10,} {options.points:>10,} posts")
    for name, spent in large.items():
        print(f"{name:<52} {small.get(name, 0.0):>10.1f} {spent:>10.1f}{'  OVER' if name in over else ''}")
    community = [name for name in large if name.startswith("Community")]
    grown = sum(large[name] for name in community) / sum(small[name] for name in community)
    print(f"{'SELECT 1':<52} {'':>10} {bare:>10.2f}   limit {options.limit:.0f}")
    print(f"slowest {max(large.values()):.0f} ms; panels of the community with ten times the posts: × {grown:.2f}")
    return {"milliseconds": large, "with_a_tenth": small, "select_1": bare, "community_growth": grown, "over": over}


def _timed(url: str, name: str, posts: int, options: argparse.Namespace) -> TIMES:
    engine = _database(url, name)
    started = time.perf_counter()
    fill(engine, posts, options.people, options.alerts)
    print(f"{posts:,} posts filled in {time.perf_counter() - started:.0f} s", flush=True)
    found = dict(_times(engine))
    engine.dispose()
    return found


def _database(url: str, name: str) -> Engine:
    admin = make_engine(url)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    engine = make_engine(make_url(url).set(database=name).render_as_string(hide_password=False))
    migrate(engine)
    return engine


def _times(engine: Engine) -> Iterator[tuple[str, float]]:
    with transaction(engine) as connection:
        yield "SELECT 1", _median(connection, "SELECT 1")
    for dashboard in DASHBOARDS:
        for days in WINDOWS:
            with transaction(engine) as connection:
                read_as(connection, dashboard.role)
                yield from _of_dashboard(connection, dashboard, days)


def _of_dashboard(connection: Connection, dashboard: Dashboard, days: int) -> Iterator[tuple[str, float]]:
    shown = range_of(connection, dashboard, datetime.now(UTC), timedelta(days=days))
    given = choose(connection, dashboard, shown)
    for question in questions(dashboard):
        yield f"{dashboard.title}, {question.name}, {days} d", _median(connection, filled(question.sql, *shown, given))


def _median(connection: Connection, sql: str) -> float:
    """Milliseconds to ask and to fetch, after one round that is not counted."""
    plain = connection.execution_options(no_parameters=True)
    times = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        plain.exec_driver_sql(sql).all()
        times.append(time.perf_counter() - started)
    return median(times[1:]) * 1000


if __name__ == "__main__":
    main()
