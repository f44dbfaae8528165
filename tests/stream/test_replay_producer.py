"""Replay into a real broker: nothing missing, one person's posts in order, interruptions survived."""

import io
import json
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError, UnsupportedVersionError

from stream.cli_replay import replay_command
from stream.errors import BrokerOutage, FileUnreadable, SettingsInvalid
from stream.positions import Position, PositionFile
from stream.replay import replay
from stream.replay_summary import ReplaySummary
from stream.sender import Producer, open_producer
from stream.sequence import ReplayOptions, messages
from stream.services.broker import start_broker, stop_broker
from stream.settings import Settings
from stream.stopping import Stop
from stream.topics import partition_of

PARTITIONS = 3
POSTS = 400
Log = list[list[tuple[bytes | None, bytes]]]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("broker")
    yield start_broker(folder)
    stop_broker(folder)


@pytest.fixture
def settings(broker: str, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    topic = request.node.name.replace("[", "-").strip("]")[:60]
    return Settings(
        kafka=broker,
        data_dir=tmp_path / "data",
        posts_topic=topic,
        dead_topic=f"{topic}.dead",
        partitions=PARTITIONS,
    )


@pytest.fixture
def file(tmp_path: Path) -> str:
    start = datetime(2024, 3, 1, tzinfo=UTC)
    rows = [f"{n},person-{n % 17},hello {n},{(start + timedelta(minutes=n)).isoformat()}" for n in range(POSTS)]
    rows.insert(100, "broken")
    path = tmp_path / "posts.csv"
    path.write_text("\n".join(["id,author,text,sent_at", *rows, ""]))
    return str(path)


def log_of(settings: Settings, wanted: Log, times: int = 1) -> Log:
    """The posts topic, partition by partition, once it holds as many messages as wanted, and any more."""
    count = times * sum(map(len, wanted))
    consumer = KafkaConsumer(bootstrap_servers=settings.kafka, auto_offset_reset="earliest", enable_auto_commit=False)
    consumer.assign([TopicPartition(settings.posts_topic, number) for number in range(PARTITIONS)])
    log: Log = [[] for _ in range(PARTITIONS)]
    polls = 0
    while (found := consumer.poll(timeout_ms=300)) or (sum(map(len, log)) < count and polls < 30):
        polls += 1
        for place, records in found.items():
            log[place.partition] += [(record.key, record.value) for record in records]
    consumer.close()
    return log


def expected(file: str, options: ReplayOptions) -> Log:
    log: Log = [[] for _ in range(PARTITIONS)]
    for message in messages([file], options):
        if message.kind == "tick":
            for partition in log:
                partition.append((None, message.value))
        else:
            log[partition_of(message.author, PARTITIONS)].append((message.author.encode(), message.value))
    return log


def run(settings: Settings, file: str, options: ReplayOptions | None = None, **more: Any) -> ReplaySummary:
    return replay(settings, [file], options or ReplayOptions(), show=False, **more)


def position(settings: Settings, file: str) -> Position:
    identity = ReplayOptions().identity() | {"topic": settings.posts_topic}
    return PositionFile(settings.data_dir / "replays", [file], identity).load()


class Meddling:
    """A real producer that does something unpleasant after `after` sends."""

    def __init__(self, inner: Producer, after: int, trouble: Any) -> None:
        self._inner, self._left, self._trouble = inner, after, trouble

    def send(self, topic: str, value: bytes, key: bytes | None = None, partition: int | None = None) -> Any:
        self._left -= 1
        if self._left == 0:
            self._inner.flush(timeout=20)
            self._trouble()
        return self._inner.send(topic, value=value, key=key, partition=partition)

    def flush(self, timeout: float | None = None) -> object:
        return self._inner.flush(timeout=timeout)

    def close(self, timeout: float | None = None) -> object:
        return self._inner.close(timeout=timeout)


def test_the_log_holds_exactly_the_sequence(settings: Settings, file: str) -> None:
    summary = run(settings, file)
    wanted = expected(file, ReplayOptions())
    assert log_of(settings, wanted) == wanted
    assert (summary.posts, summary.bad_rows, summary.rows) == (POSTS, 1, POSTS)
    assert not summary.interrupted
    assert summary.position == len(list(messages([file], ReplayOptions())))


def test_an_interrupted_replay_goes_on_and_misses_nothing(settings: Settings, file: str) -> None:
    stop = Stop()
    first = run(
        settings,
        file,
        stop=stop,
        producer=lambda kafka, safe: Meddling(open_producer(kafka, safe), 150, lambda: stop.request(signal.SIGINT)),
    )
    assert first.interrupted
    assert first.exit_code == 130
    assert 100 < first.position < POSTS
    assert "run the same command again" in first.notes[-1]
    second = run(settings, file)
    assert second.resumed_after == first.position
    wanted = expected(file, ReplayOptions())
    assert log_of(settings, wanted) == wanted
    assert position(settings, file).done == 0


def test_a_finished_replay_starts_over(settings: Settings, file: str) -> None:
    run(settings, file)
    assert run(settings, file).resumed_after == 0
    wanted = expected(file, ReplayOptions())
    assert [len(log) for log in log_of(settings, wanted, times=2)] == [2 * len(log) for log in wanted]


def test_restart_ignores_the_saved_position(settings: Settings, file: str) -> None:
    run(settings, file, ReplayOptions(limit=50, close=False))
    identity = ReplayOptions().identity() | {"topic": settings.posts_topic}
    PositionFile(settings.data_dir / "replays", [file], identity).save(Position(40, {}))
    assert run(settings, file, restart=True).posts == POSTS


def test_a_log_that_was_lost_is_sent_again(settings: Settings, file: str) -> None:
    identity = ReplayOptions().identity() | {"topic": settings.posts_topic}
    PositionFile(settings.data_dir / "replays", [file], identity).save(Position(40, {0: 10_000}))
    summary = run(settings, file)
    assert summary.posts == POSTS
    assert "started over" in summary.notes[0]


def test_a_broker_that_stays_away_is_one_sentence_and_the_position_is_kept(settings: Settings, file: str) -> None:
    def lost() -> None:
        raise KafkaTimeoutError("gone")

    with pytest.raises(BrokerOutage, match=r"after message \d+.*run the same command again"):
        run(settings, file, producer=lambda kafka, safe: Meddling(open_producer(kafka, safe), 200, lost))
    assert run(settings, file).resumed_after > 100
    wanted = expected(file, ReplayOptions())
    log = log_of(settings, wanted)
    assert [list(dict.fromkeys(part)) for part in log] == [list(dict.fromkeys(part)) for part in wanted]


def test_an_unreachable_broker_is_an_outage(tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> int:
        raise BrokerOutage("The broker did not answer.")

    monkeypatch.setattr("stream.replay.ensure_topics", away)
    with pytest.raises(BrokerOutage):
        run(Settings(kafka="127.0.0.1:1", data_dir=tmp_path), file)


def test_a_broker_without_idempotence_is_used_without_and_said_so(settings: Settings, file: str) -> None:
    def picky(kafka: str, idempotent: bool) -> Producer:
        if idempotent:
            raise UnsupportedVersionError("no producer ids here")
        return open_producer(kafka, idempotent)

    summary = run(settings, file, producer=picky)
    assert summary.posts == POSTS
    assert any("idempotent" in note for note in summary.notes)
    wanted = expected(file, ReplayOptions())
    assert log_of(settings, wanted) == wanted


def test_a_broker_that_forgot_its_log_is_noticed_and_the_replay_starts_over(settings: Settings, file: str) -> None:
    with pytest.raises(BrokerOutage, match=r"forgotten.*starts over"):
        run(settings, file, producer=lambda *_: Instant(forgets_after=300))
    assert position(settings, file).done == 0


class Instant:
    """A producer that has everything at once; after `forgets_after` messages it counts from 0 again."""

    def __init__(self, forgets_after: int = 10**9) -> None:
        self._forgets_after = forgets_after
        self._sent = 0

    def send(self, *_message: Any, **place: Any) -> Any:
        self._sent += 1
        return _Done(place["partition"], self._sent % self._forgets_after)

    def flush(self, timeout: float | None = None) -> None:
        """Nothing waits."""

    def close(self, timeout: float | None = None) -> None:
        """Nothing is open."""


class _Done:
    is_done, exception = True, None

    def __init__(self, partition: int, offset: int) -> None:
        self.value = SimpleNamespace(partition=partition, offset=offset)

    def get(self, timeout: float | None = None) -> object:
        return timeout and self.value


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        (ReplayOptions(speed=60, limit=61), 60),
        (ReplayOptions(rate=10, limit=101), 10),
        (ReplayOptions(limit=100), 0),
    ],
)
def test_speed_and_rate_decide_when_posts_are_sent(
    settings: Settings, file: str, options: ReplayOptions, seconds: float
) -> None:
    now = [0.0]

    def sleep(duration: float) -> None:
        now[0] += duration

    run(settings, file, options, clock=lambda: now[0], sleep=sleep, producer=lambda *_: Instant())
    assert now[0] == pytest.approx(seconds, abs=0.01)


def test_waiting_ends_when_somebody_asks(settings: Settings, file: str) -> None:
    stop, naps = Stop(), []

    def sleep(duration: float) -> None:
        naps.append(duration)
        if len(naps) == 5:
            stop.request(signal.SIGTERM)

    summary = run(settings, file, ReplayOptions(speed=0.001), sleep=sleep, stop=stop, producer=lambda *_: Instant())
    assert summary.exit_code == 143
    assert (summary.posts, len(naps)) == (1, 5)


def test_the_position_file_is_written_whole_or_not_at_all(tmp_path: Path, file: str) -> None:
    saved = PositionFile(tmp_path / "replays", [file], {})
    saved.save(Position(7, {0: 3, 1: 4}))
    assert PositionFile(tmp_path / "replays", [file], {}).load() == Position(7, {0: 3, 1: 4})
    assert saved.path is not None
    assert [path.name for path in saved.path.parent.iterdir()] == [saved.path.name]
    saved.path.write_text('{"done": [')
    assert saved.load() == Position()


def test_the_position_is_known_by_content_and_not_by_place(tmp_path: Path, file: str) -> None:
    copy = tmp_path / "copy.csv"
    copy.write_bytes(Path(file).read_bytes())
    first = PositionFile(tmp_path, [file], {})
    assert PositionFile(tmp_path, [str(copy)], {}).path == first.path
    assert PositionFile(tmp_path, [file], {"limit": "3"}).path != first.path


def test_the_command_reports_as_json_and_names_nobody(
    settings: Settings, file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIDELINE_KAFKA", settings.kafka)
    monkeypatch.setenv("TIDELINE_POSTS_TOPIC", settings.posts_topic)
    result = CliRunner().invoke(replay_command, [file, "--json", "--limit", "30", "--to", "2024-03-01T01:00"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["posts"], report["files"]) == (30, ["posts.csv"])
    assert "person-" not in result.output
    assert "hello" not in result.output


def test_the_dry_run_needs_no_broker_and_shows_three_rows(
    file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(replay_command, [file, "--dry-run"])
    assert result.exit_code == 0, result.output
    assert "Tideline posts" in result.stdout
    assert result.stdout.count("  row ") == 3
    as_json = CliRunner().invoke(replay_command, [file, "--dry-run", "--json", "--map", "text=text"])
    assert json.loads(as_json.stdout)[0]["layout"] == "your --map"


def test_what_is_wrong_with_the_command_is_said(file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIDELINE_KAFKA", raising=False)
    runner = CliRunner()
    assert isinstance(runner.invoke(replay_command, [file]).exception, SettingsInvalid)
    assert isinstance(runner.invoke(replay_command, ["none.csv", "--dry-run"]).exception, FileUnreadable)
    for wrong in (["--speed", "fast"], ["--speed", "-1"], ["--from", "soon"], ["--limit", "-1"], []):
        result = runner.invoke(replay_command, [*([file] if wrong else []), *wrong])
        assert result.exit_code == 2
        assert "Error" in result.stderr


def test_stdin_can_be_replayed(settings: Settings, file: str) -> None:
    stdin = io.BufferedReader(io.BytesIO(Path(file).read_bytes()))  # type: ignore[arg-type]
    summary = replay(settings, ["-"], ReplayOptions(), show=False, stdin=stdin)  # type: ignore[arg-type]
    assert (summary.posts, summary.rows, summary.bad_rows) == (POSTS, POSTS, 1)


class Stuck(Instant):
    """A producer that never hears from its broker."""

    def __init__(self, on_wait: Callable[[], None]) -> None:
        super().__init__()
        self._on_wait = on_wait

    def send(self, *_message: Any, **_place: Any) -> Any:
        return SimpleNamespace(is_done=False, exception=None, get=self._wait)

    def _wait(self, timeout: float | None = None) -> None:
        self._on_wait()
        raise KafkaTimeoutError(str(timeout))


def test_memory_is_bounded_while_the_broker_is_silent_and_stopping_still_works(
    settings: Settings, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stream.sender.MOST_UNACKNOWLEDGED", 50)
    stop = Stop()
    stuck = Stuck(on_wait=lambda: stop.request(signal.SIGTERM))
    summary = run(settings, file, stop=stop, producer=lambda *_: stuck)
    assert summary.interrupted
    assert summary.posts <= 50
    assert summary.position == 0
