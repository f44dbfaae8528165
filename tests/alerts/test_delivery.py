import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

import pytest
from sqlalchemy import Engine, text

from alerts.attempt import Endpoint
from alerts.delivery import DeliveryConfig, DeliverySummary, deliver
from alerts.errors import EndpointInvalid
from alerts.receiver import Receiver, serving
from alerts.webhook import split_secrets
from storage.database import make_engine
from tests.storage.test_outbox import put

SECRET = "a-secret-that-must-not-leak-anywhere"
KEYS = split_secrets(SECRET)
Answer = Callable[[BaseHTTPRequestHandler, int], None]


def reply(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler, _number: int) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


class Scripted(ThreadingHTTPServer):
    """A real HTTP server that answers each request as the test says; it keeps what it got."""

    daemon_threads = True

    def __init__(self, *answers: Answer) -> None:
        self.got: list[dict[str, str]] = []
        self.release = threading.Event()
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                script.got.append({name.lower(): value for name, value in self.headers.items()})
                answers[min(len(script.got), len(answers)) - 1](self, len(script.got))

            def log_message(self, format: str, *args: object) -> None: ...

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/secret-path"

    def handle_error(self, request: object, client_address: object) -> None: ...


@contextmanager
def scripted(*answers: Answer) -> Iterator[Scripted]:
    server = Scripted(*answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.release.set()
    server.shutdown()
    server.server_close()
    thread.join()


class Time:
    """A clock that only sleeping moves, starting a minute from now so that new rows are due."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC) + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def once(engine: Engine, url: str, clock: Time | None = None, timeout: float = 5) -> DeliverySummary:
    config = DeliveryConfig(Endpoint(url, KEYS, timeout=timeout))
    return deliver(engine, config, once=True, clock=clock or Time(), random=Random(1))


def rows(engine: Engine) -> list[tuple[str, int, int | None]]:
    with engine.connect() as connection:
        return [
            tuple(r) for r in connection.execute(text("SELECT state, attempts, last_status FROM outbox ORDER BY id"))
        ]


def test_every_pending_webhook_arrives_verified_and_once(engine: Engine) -> None:
    put(engine, *range(1, 26))
    clock = Time()
    with serving(Receiver(KEYS, clock=lambda: clock.now.timestamp())) as receiver:
        summary = once(engine, receiver.url, clock)
        again = once(engine, receiver.url, clock)
    assert (summary.delivered, again.delivered) == (25, 0)
    assert receiver.counts == {"verified": 25}
    assert summary.healthy
    assert {row[0] for row in rows(engine)} == {"delivered"}


@pytest.mark.parametrize("status", [500, 301, 307, 404, 502])
def test_anything_but_2xx_is_tried_again_later_under_the_same_id(engine: Engine, status: int) -> None:
    put(engine, 1)
    clock = Time()
    with scripted(reply(status, Location="http://127.0.0.1:9/"), reply(204)) as server:
        assert once(engine, server.url, clock).retried == 1
        assert rows(engine) == [("pending", 1, status)]
        assert once(engine, server.url, clock).delivered == 0, "the retry was not due yet"
        clock.sleep(60)
        assert once(engine, server.url, clock).delivered == 1
    first, second = server.got
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_for_all_webhooks(engine: Engine, status: int) -> None:
    put(engine, 1, 2, 3)
    clock = Time()
    with scripted(reply(status, Retry_After="3600"), reply(200)) as server:
        summary = once(engine, server.url, clock)
        assert (len(server.got), summary.retried, summary.paused) == (1, 1, True)
        clock.sleep(3500)
        once(engine, server.url, clock)
        assert len(server.got) == 1
        clock.sleep(200)
        assert once(engine, server.url, clock).delivered == 3


def test_410_ends_the_run_says_so_and_loses_nothing(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    put(engine, 1, 2, 3)
    with scripted(reply(410)) as server:
        config = DeliveryConfig(Endpoint(server.url, KEYS))
        clock = Time()
        summary = deliver(engine, config, once=False, clock=clock, sleep=clock.sleep, random=Random(1))
        assert len(server.got) == 1
    assert summary.gone
    assert not summary.healthy
    assert "410 Gone" in caplog.text
    assert [row[:2] for row in rows(engine)] == [("pending", 0)] * 3


def test_a_slow_receiver_times_out_and_is_tried_again(engine: Engine) -> None:
    put(engine, 1)

    def stall(request: BaseHTTPRequestHandler, _number: int) -> None:
        request.server.release.wait(20)  # type: ignore[attr-defined]

    with scripted(stall) as server:
        assert once(engine, server.url, timeout=0.2).retried == 1
    assert rows(engine) == [("pending", 1, None)]


def test_a_receiver_that_closes_without_an_answer_or_within_it_is_understood(engine: Engine) -> None:
    put(engine, 1)

    def hang_up(request: BaseHTTPRequestHandler, _number: int) -> None:
        request.close_connection = True

    def half(status: int) -> Answer:
        def answer(request: BaseHTTPRequestHandler, _number: int) -> None:
            request.wfile.write(f"HTTP/1.1 {status} X\r\ncontent-length: 100\r\n\r\nhalf".encode())
            request.close_connection = True

        return answer

    clock = Time()
    with scripted(hang_up, half(500), half(200)) as server:
        statuses = []
        for _ in range(3):
            statuses.append(once(engine, server.url, clock).statuses)
            clock.sleep(300)
    assert statuses == [{"no answer": 1}, {"500": 1}, {"200": 1}]
    assert rows(engine)[0][0] == "delivered"


def test_a_dead_receiver_is_left_alone_and_told_of(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    put(engine, *range(1, 31))
    with scripted(reply(200)) as server:
        url = server.url
    summary = once(engine, url)
    assert (summary.retried, summary.delivered, summary.healthy) == (5, 0, False)
    assert "did not take 5 webhooks in a row" in caplog.text


def test_after_two_days_a_webhook_is_given_up_and_kept(engine: Engine) -> None:
    put(engine, 1)
    clock = Time()
    with scripted(reply(500)) as server:
        given_up = 0
        for _ in range(400):
            given_up += once(engine, server.url, clock).failed
            clock.sleep(900)
    assert given_up == 1
    assert [row[0] for row in rows(engine)] == ["failed"]
    assert len(server.got) >= 12


def test_a_flapping_receiver_gets_each_alert_and_counts_it_once(engine: Engine) -> None:
    put(engine, *range(1, 41))
    clock, flap = Time(), Random(7)
    receiver = Receiver(KEYS, clock=lambda: clock.now.timestamp())
    take = receiver.take

    def moody(headers: dict[str, str], body: bytes) -> int:
        luck = flap.random()
        if luck < 0.3:
            return 500
        status = take(headers, body)
        return 500 if luck < 0.5 else status  # it took the alert and then said it did not

    receiver.take = moody  # type: ignore[method-assign]
    with serving(receiver):
        for _ in range(60):
            once(engine, receiver.url, clock)
            clock.sleep(600)
    assert receiver.counts["verified"] == len(receiver.seen) == 40
    assert receiver.counts["repeated"] > 0
    assert {row[0] for row in rows(engine)} == {"delivered"}


def test_two_deliverers_at_once_send_nothing_twice(engine: Engine, database_url: str) -> None:
    put(engine, *range(1, 61))
    clock, other = Time(), make_engine(database_url)
    with serving(Receiver(KEYS, clock=lambda: clock.now.timestamp())) as receiver:
        threads = [threading.Thread(target=once, args=(each, receiver.url, clock)) for each in (engine, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    other.dispose()
    assert receiver.counts == {"verified": 60}


def test_a_deliverer_that_dies_after_the_yes_sends_again_under_the_same_id(engine: Engine) -> None:
    put(engine, 1)
    clock = Time()

    def die() -> None:
        raise KeyboardInterrupt

    with serving(Receiver(KEYS, clock=lambda: clock.now.timestamp())) as receiver:
        config = DeliveryConfig(Endpoint(receiver.url, KEYS))
        with pytest.raises(KeyboardInterrupt):
            deliver(engine, config, once=True, clock=clock, taken=die)
        clock.sleep(config.lease.total_seconds())
        assert once(engine, receiver.url, clock).delivered == 1
    assert receiver.counts == {"verified": 1, "repeated": 1}


def test_stopping_gives_back_what_was_claimed(engine: Engine) -> None:
    put(engine, *range(1, 9))
    stop = threading.Event()
    clock = Time()
    with serving(Receiver(KEYS, clock=lambda: clock.now.timestamp())) as receiver:
        config = DeliveryConfig(Endpoint(receiver.url, KEYS))
        summary = deliver(engine, config, once=False, clock=clock, stop=stop, taken=stop.set)
    assert summary.delivered == 1
    assert [row[:2] for row in rows(engine)].count(("pending", 0)) == 7


def test_no_secret_and_no_path_reaches_a_log_or_the_database(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    put(engine, *range(1, 8))
    with scripted(reply(500, b"x" * 100_000)) as server:
        once(engine, server.url)
        config = DeliveryConfig(Endpoint(server.url, KEYS))
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT last_error FROM outbox WHERE last_error IS NOT NULL")).scalars().all()
    said = caplog.text + repr(config) + repr(kept)
    assert "secret" not in said
    assert max(map(len, kept)) < 200


@pytest.mark.parametrize("url", ["", "ftp://x/", "file:///etc/passwd", "http://", "http://[", "http://h:99999/", "x"])
def test_an_address_that_is_not_http_is_refused(url: str) -> None:
    with pytest.raises(EndpointInvalid, match="TIDELINE_WEBHOOK_URL"):
        Endpoint(url, KEYS)
