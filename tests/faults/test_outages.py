"""P3: an outage of Postgres or the broker loses nothing, fills no dead letters, and needs no operator."""

import urllib.error
import urllib.request
from pathlib import Path

from stream.services.postgres import start_postgres, stop_postgres
from tests.end_to_end.histories import history, write_csv
from tests.end_to_end.waiting import eventually, throughout
from tests.faults.kafka_server import KafkaServer
from tests.faults.site import Process, Site

OUTAGE_SECONDS = 20


def test_postgres_away_for_20_s_pauses_the_worker_and_loses_nothing(own_site: Site) -> None:
    assert own_site.postgres is not None
    file, replay = under_load(own_site)
    worker, address = own_site.watched_worker()
    eventually(lambda: own_site.stored() > 200, 30, "posts are stored before the outage")
    stop_postgres(own_site.postgres)
    reason = eventually(lambda: outage(address), 20, "readiness tells of the outage")
    assert "Postgres" in reason
    throughout(lambda: worker.poll() is None and outage(address) and alive(address), OUTAGE_SECONDS)
    start_postgres(own_site.postgres)
    eventually(lambda: not outage(address), 30, "ready again by itself")
    own_site.ends(replay, 0, 90)
    own_site.wait_until_caught_up()
    own_site.stop(worker)
    own_site.assert_exact(file)


def test_the_broker_away_for_a_while_loses_nothing(kafka: KafkaServer, site: Site) -> None:
    file, replay = under_load(site)
    worker = site.worker()
    eventually(lambda: site.stored() > 200, 30, "posts are stored before the outage")
    kafka.stop()
    throughout(lambda: worker.poll() is None and replay.poll() is None, OUTAGE_SECONDS / 2)
    kafka.start()
    site.ends(replay, 0, 90)
    site.wait_until_caught_up()
    site.stop(worker)
    site.assert_exact(file)


def test_the_broker_killed_and_restarted_loses_nothing(kafka: KafkaServer, site: Site) -> None:
    file, replay = under_load(site)
    worker = site.worker()
    eventually(lambda: site.stored() > 200, 30, "posts are stored before the outage")
    kafka.kill()
    kafka.start()
    site.ends(replay, 0, 90)
    site.wait_until_caught_up()
    site.stop(worker)
    site.assert_exact(file)


def under_load(site: Site) -> tuple[Path, Process]:
    """Posts arrive for some seconds, from a replay that runs beside the test."""
    file = write_csv(site.folder / "posts.csv", history(7, posts=150))
    return file, site.start("replay", "--no-progress", "--rate", "200", str(file))


def outage(address: str) -> str | None:
    """Why the worker is not ready, if an outage is why."""
    status, said = get(f"{address}/ready")
    return said if status == 503 and "assigned" not in said else None


def alive(address: str) -> bool:
    return get(f"{address}/live")[0] == 200


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return 0, ""
