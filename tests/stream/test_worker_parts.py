"""The parts of the worker that decide without Kafka: holes in the log, limits on dead letters, health."""

import json
import random
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from stream.contiguity import Contiguity
from stream.errors import SettingsInvalid, StreamError, TooManyDeadLetters
from stream.health import STALE_SECONDS, Health, read_health, serve_health
from stream.limits import DeadLetterLimits
from stream.messages import Message
from stream.metrics import Metrics
from stream.services.process import free_port
from stream.settings import Settings
from stream.worker import DrainingProcess, StreamWorker


def at(*offsets: int, partition: int = 0) -> list[Message]:
    return [Message(partition, offset, b"") for offset in offsets]


def kept(holes: Contiguity, *offsets: int, partition: int = 0) -> tuple[list[int], dict[int, int]]:
    found, again = holes.keep(at(*offsets, partition=partition))
    return [message.offset for message in found], again


def test_a_partition_never_started_is_read_from_wherever_it_comes() -> None:
    assert kept(Contiguity(), 7, 8) == ([7, 8], {})


def test_a_group_that_never_committed_reads_from_the_beginning() -> None:
    """What comes first may be left over from before the rebalance; the log's real beginning is met twice."""
    holes = Contiguity()
    holes.start(0, 0)
    assert kept(holes, 5000) == ([], {0: 0})
    assert kept(holes, 5000, 5001) == ([5000, 5001], {})


def test_nothing_beyond_a_hole_is_processed_before_what_lies_in_it() -> None:
    holes = Contiguity()
    holes.start(0, 3)
    assert kept(holes, 3, 6, 7) == ([3], {0: 4})
    assert kept(holes, 8, 9) == ([], {0: 4}), "left over from before the seek"
    assert kept(holes, 4, 5, 6, 7, 8, 9) == ([4, 5, 6, 7, 8, 9], {})


def test_a_hole_in_one_partition_holds_no_other_back() -> None:
    holes = Contiguity()
    holes.start(0, 3)
    holes.start(1, 3)
    found, again = holes.keep([*at(3, 9), *at(3, 4, partition=1), *at(10), *at(5, partition=1)])
    assert [(m.partition, m.offset) for m in found] == [(0, 3), (1, 3), (1, 4), (1, 5)]
    assert again == {0: 4}


def test_after_a_rebalance_a_hole_met_before_it_proves_nothing() -> None:
    holes = Contiguity()
    holes.start(0, 3)
    assert kept(holes, 9) == ([], {0: 3})
    holes.start(0, 3)
    assert kept(holes, 9) == ([], {0: 3})


def test_what_comes_again_is_processed_again_and_moves_nothing_back() -> None:
    holes = Contiguity()
    holes.start(0, 3)
    assert kept(holes, 3, 4, 5) == ([3, 4, 5], {})
    assert kept(holes, 3, 4) == ([3, 4], {})
    assert kept(holes, 6) == ([6], {})


@pytest.mark.parametrize("seed", range(20))
def test_whatever_a_consumer_skips_every_message_is_processed_in_order(seed: int) -> None:
    """A consumer that forgets the place after a rebalance, ahead of it or behind, but obeys a seek."""
    rng, holes, done, place, committed = random.Random(seed), Contiguity(), [], 0, 0
    holes.start(0, 0)
    while committed < 500:
        if rng.random() < 0.1:  # rebalance: reading starts at the committed place, after some leftovers
            committed = rng.randint(committed, max(done, default=-1) + 1)
            holes.start(0, committed)
            place = committed
            leftovers = range(committed + rng.randint(0, 30), committed + rng.randint(0, 60))
            found, again = holes.keep(at(*leftovers))
            done += [message.offset for message in found]
            place = again.get(0, place)
        found, again = holes.keep(at(*range(place, place + rng.randint(1, 20))))
        done += [message.offset for message in found]
        place = again.get(0, max(place, done[-1] + 1))
    first_time = list(dict.fromkeys(done))
    assert first_time == list(range(len(first_time)))


def test_the_share_counts_only_over_a_full_window() -> None:
    limits = DeadLetterLimits(share=0.5, window=10, run=100)
    limits.note([True] * 5)
    limits.note([False] * 4)
    with pytest.raises(TooManyDeadLetters, match="5 of the last 10"):
        limits.note([False])


def test_what_left_the_window_counts_no_more() -> None:
    limits = DeadLetterLimits(share=0.5, window=10, run=100)
    limits.note([True] * 4 + [False] * 6)
    limits.note([True] * 4 + [False] * 6)
    assert not limits.note([False] * 10)


def test_one_good_post_ends_a_run() -> None:
    limits = DeadLetterLimits(share=1, window=1000, run=3)
    limits.note([True, True, False, True, True, False])
    with pytest.raises(TooManyDeadLetters, match="3 messages in a row") as caught:
        limits.note([True, True, True])
    assert caught.value.exit_code == 3


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_loop_that_stops_turning_goes_stale() -> None:
    clock = Clock()
    health = Health(clock=clock)
    assert not health.alive(), "before the first beat"
    health.beat()
    clock.now = STALE_SECONDS - 0.1
    assert health.alive()
    clock.now = STALE_SECONDS
    assert not health.alive()


def test_the_health_file_says_why_a_worker_is_not_ready_and_grows_old(tmp_path: Path) -> None:
    path = tmp_path / "health"
    health = Health(path, Clock())
    health.outage = "Postgres is away"
    health.beat()
    written = json.loads(path.read_text())["at"]
    assert read_health(path, written + 1) == (True, "Postgres is away")
    alive, reason = read_health(path, written + STALE_SECONDS)
    assert (alive, reason) == (False, "the last beat is 15 s old")
    assert read_health(tmp_path / "other", 0.0)[0] is False
    path.write_text("{half")
    assert read_health(path, written)[0] is False


def test_a_health_file_that_cannot_be_written_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    health = Health(tmp_path / "no such folder" / "health", Clock())
    health.beat()
    assert health.alive()
    assert "cannot be written" in caplog.text


def test_live_and_ready_answer_over_http() -> None:
    clock = Clock()
    health, port = Health(clock=clock), free_port()
    server = serve_health(port, health, CollectorRegistry())
    try:
        assert ask(port, "live")[0] == 503
        health.beat()
        assert ask(port, "live") == (200, "alive\n")
        assert ask(port, "ready") == (503, "no partitions are assigned yet\n")
        health.assigned = 2
        assert ask(port, "ready") == (200, "ready\n")
        health.outage = "Postgres is away"
        assert ask(port, "ready") == (503, "Postgres is away\n")
        assert ask(port, "metrics")[0] == 200
        assert ask(port, "secrets")[0] == 404
        with pytest.raises(SettingsInvalid, match="TIDELINE_METRICS_PORT"):
            serve_health(port, health, CollectorRegistry())
    finally:
        server.shutdown()
        server.server_close()


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_crash_inside_faust_is_no_clean_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faust turns any exception into an exit code; with code 0 a supervisor would take it for a drain."""

    def crash(_: DrainingProcess) -> None:
        try:
            raise FileNotFoundError("a folder")
        except FileNotFoundError:
            sys.exit(1)

    monkeypatch.setattr(DrainingProcess, "execute_from_commandline", crash)
    settings = Settings(kafka="127.0.0.1:1", mode="demo")
    nothing: Any = None
    with pytest.raises(StreamError, match=r"stopped by itself \(FileNotFoundError\)") as caught:
        StreamWorker(settings, nothing, nothing, Health(), Metrics()).run()
    assert isinstance(caught.value.__cause__, FileNotFoundError)


@pytest.mark.parametrize(
    ("header", "timestamp"), [(b"\xff", 1.0), (b"not-a-uuid", 1.0), (b"", 1e18), (None, float("inf")), (None, -5.0)]
)
def test_what_a_producer_says_in_headers_and_times_never_raises(header: bytes | None, timestamp: float) -> None:
    from types import SimpleNamespace

    from stream.worker import message_of

    headers = [] if header is None else [("tideline-redrive-of", header)]
    raw = SimpleNamespace(partition=0, offset=1, value=b"", timestamp=timestamp, headers=headers)
    assert message_of(raw).redrive_of is None
