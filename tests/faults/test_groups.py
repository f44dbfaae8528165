"""P1 and P4 while workers come and go: a group of them stores the same as one alone."""

import time
from pathlib import Path

from tests.end_to_end.histories import history, write_csv
from tests.end_to_end.waiting import eventually
from tests.faults.site import PARTITIONS, Process, Site
from tests.faults.test_outages import get

DRAIN_SECONDS = 5


def test_one_of_two_workers_is_killed(site: Site) -> None:
    file, replay = under_load(site)
    (doomed, his), (survivor, hers) = site.watched_worker(), site.watched_worker()
    eventually(lambda: scored(his) and scored(hers), 60, "both take part")
    doomed.kill()
    site.ends(replay, 0, 90)
    site.wait_until_caught_up()
    site.stop(survivor)
    site.assert_exact(file)


def test_a_worker_that_joins_under_load_takes_its_share(site: Site) -> None:
    file, replay = under_load(site)
    first, his = site.watched_worker()
    eventually(lambda: scored(his) > 100, 30, "the first worker works")
    second, hers = site.watched_worker()
    eventually(lambda: scored(hers) > 0, 30, "the second one too")
    site.ends(replay, 0, 90)
    site.wait_until_caught_up()
    site.stop(first)
    site.stop(second)
    site.assert_exact(file)


def test_two_workers_of_one_command_stop_together(site: Site) -> None:
    file, replay = under_load(site)
    both = site.start("worker", "--workers", "2")
    eventually(lambda: site.stored() > 200, 60, "posts are stored")
    site.ends(replay, 0, 90)
    site.wait_until_caught_up()
    site.stop(both)
    site.assert_exact(file)


def test_sigterm_under_load_finishes_the_batch_within_the_stated_time(site: Site) -> None:
    file, replay = under_load(site)
    worker = site.worker(TIDELINE_DRAIN_SECONDS=str(DRAIN_SECONDS))
    eventually(lambda: site.stored() > 200, 30, "posts are stored")
    asked = time.monotonic()
    site.stop(worker)
    assert time.monotonic() - asked < DRAIN_SECONDS + 5  # leaving the group takes a few seconds more
    assert sum(site.committed().values()) == processed(site)
    site.ends(replay, 0, 90)
    site.finish()
    site.assert_exact(file)


def under_load(site: Site) -> tuple[Path, Process]:
    file = write_csv(site.folder / "posts.csv", history(8, people=30, posts=60))
    assert PARTITIONS > 1
    return file, site.start("replay", "--no-progress", "--rate", "250", str(file))


def processed(site: Site) -> int:
    """How many messages Postgres knows as done."""
    return sum(row["next_offset"] for row in site.rows("SELECT next_offset FROM partition_progress"))


def scored(address: str) -> float:
    """The posts this worker scored, by its own metrics."""
    status, page = get(f"{address}/metrics")
    lines = page.splitlines() if status == 200 else []
    values = [line.split()[-1] for line in lines if line.startswith('tideline_posts_total{outcome="scored"}')]
    return float(values[0]) if values else 0.0
