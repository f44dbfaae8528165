"""P1, P4, P5: whatever kills a worker or a deliverer, and wherever, Postgres ends as the oracle says."""

import random
import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from alerts.delivery.receiver import Receiver, serving
from alerts.delivery.webhook import split_secrets
from storage.database import transaction
from stream.settings import DEMO_SECRET
from tests.end_to_end.histories import history, write_csv
from tests.faults.site import Process, Site

SEEDS = (1, 2, 3)
SIGNALS = ("KILL", "TERM")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("moment", ["after_poll", "after_score", "in_transaction", "after_commit"])
def test_a_worker_that_dies_loses_and_doubles_nothing(site: Site, moment: str, name: str, seed: int) -> None:
    file = replayed(site, seed)
    count = random.Random(f"{moment} {seed}").randrange(1, 12)
    worker = site.worker(TIDELINE_FAULT=f"{moment}:{count}:{name}")
    assert_died(site, worker, name)
    site.finish()
    site.assert_exact(file)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", SIGNALS)
def test_a_deliverer_that_dies_repeats_but_never_forgets(
    site: Site, name: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = replayed(site, seed)
    site.finish()
    with serving(Receiver(split_secrets(DEMO_SECRET))) as receiver:
        monkeypatch.setenv("TIDELINE_WEBHOOK_URL", receiver.url)
        deliverer = site.start("deliver", TIDELINE_FAULT=f"delivering:{seed}:{name}")
        assert_died(site, deliverer, name)
        assert receiver.counts["verified"] == seed
        let_leases_run_out(site)
        site.ends(site.start("deliver", "--once"), 0)
    assert sorted(receiver.seen) == sorted(alert_ids(site))
    assert receiver.counts["repeated"] == (name == "KILL")
    assert receiver.counts["refused"] == 0
    assert site.count("deliveries WHERE state = 'delivered'") == len(receiver.seen)
    site.assert_exact(file)


def replayed(site: Site, seed: int) -> Path:
    file = write_csv(site.folder / "posts.csv", history(seed))
    site.tideline("replay", "--no-progress", str(file))
    return file


def assert_died(site: Site, process: Process, name: str) -> None:
    """SIGKILL ends it on the spot; SIGTERM lets it finish what it has in hand."""
    site.ends(process, -signal.SIGKILL if name == "KILL" else 0)


def let_leases_run_out(site: Site) -> None:
    """What a dead deliverer had claimed is due again when its lease is over."""
    with transaction(site.engine) as connection:
        connection.execute(text("UPDATE deliveries SET claimed_until = NULL WHERE state = 'pending'"))


def alert_ids(site: Site) -> list[str]:
    with transaction(site.engine) as connection:
        return [str(found) for found in connection.execute(text("SELECT id FROM alerts")).scalars()]
