"""Ten thousand alerts through a receiver that flaps: each must arrive, and be counted once.

    python -m benchmarks.delivery [--alerts 10000] [--seed 1]

The receiver answers 500 or 503, hangs up, breaks off its answer, or says no after it has taken the alert, each at
random, and is down altogether for two seconds in every twelve. Real clocks, a real HTTP server, a real Postgres.
"""

import argparse
import json
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine, text

from alerts.delivery.guard import Reach
from alerts.delivery.loop import DeliveryConfig, deliver
from alerts.delivery.sealing import Sealer
from alerts.delivery.targets import Targets
from alerts.delivery.turn import TurnOptions
from alerts.delivery.webhook import new_secret, split_secrets, verify
from storage.database import make_engine, transaction
from storage.deliveries import Message, enqueue
from storage.endpoint_secrets import put_secret
from storage.endpoints import NewEndpoint, add_endpoint
from storage.migrate import migrate
from stream.services.postgres import start_postgres, stop_postgres

UP, DOWN = 10.0, 2.0  # seconds
SEALER = Sealer(["a key for a benchmark and nothing else"])


class Flapping(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, keys: tuple[bytes, ...], seed: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.keys, self.random, self.began = keys, Random(seed), time.monotonic()
        self.taken: Counter[str] = Counter()
        self.moods: Counter[str] = Counter()

    def mood(self) -> str:
        if (time.monotonic() - self.began) % (UP + DOWN) > UP:
            return "down"
        luck = self.random.random()
        for share, name in ((0.05, "500"), (0.08, "503"), (0.1, "hang up"), (0.12, "half"), (0.2, "no after yes")):
            if luck < share:
                return name
        return "yes"


class Handler(BaseHTTPRequestHandler):
    server: Flapping
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        assert verify(self.server.keys, headers, body, time.time())
        mood = self.server.mood()
        self.server.moods[mood] += 1
        if mood in ("yes", "half", "no after yes"):
            self.server.taken[headers["webhook-id"]] += 1
        if mood == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
        if mood in ("half", "hang up"):
            self.close_connection = True
            return
        status = {"yes": 204, "500": 500, "503": 503, "down": 502, "no after yes": 500}[mood]
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tideline-bench-") as folder:
        engine = make_engine(start_postgres(Path(folder) / "postgres"))
        try:
            migrate(engine)
            print(json.dumps(measure(engine, options.alerts, options.seed), indent=2))
        finally:
            engine.dispose()
            stop_postgres(Path(folder) / "postgres", immediate=True)


def measure(engine: Engine, alerts: int, seed: int) -> dict[str, Any]:
    secret, stop = new_secret(), threading.Event()
    receiver = Flapping(split_secrets(secret), seed)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    fill(engine, f"http://127.0.0.1:{receiver.server_address[1]}/", secret, alerts)
    config = DeliveryConfig(Targets(SEALER, reach=Reach(loopback=True)), TurnOptions())
    began = time.monotonic()
    watcher = threading.Thread(target=watch, args=(engine, stop), daemon=True)
    watcher.start()
    summary = deliver(engine, config, once=False, stop=stop, random=Random(seed))
    return {
        "alerts": alerts,
        "arrived": len(receiver.taken),
        "seconds": round(time.monotonic() - began, 1),
        "attempts": sum(summary.statuses.values()),
        "given_up": summary.failed,
        "noted": summary.delivered,
        "came_again_under_the_same_id": sum(receiver.taken.values()) - len(receiver.taken),
        "moods": dict(receiver.moods),
    }


def fill(engine: Engine, url: str, secret: str, alerts: int) -> None:
    now = datetime.now(UTC)
    with transaction(engine) as connection:
        new = NewEndpoint("desk", SEALER.seal(url), "127.0.0.1", "generic", ("moderators",))
        add_endpoint(connection, new, now)
        put_secret(connection, "desk", SEALER.seal(secret), now, now)
        enqueue(connection, [message(number) for number in range(alerts)], now)


def message(number: int) -> Message:
    """Three alerts a person, so that order has something to keep."""
    data = {"alert_id": str(number), "rule": "fear-trend", "severity": "medium", "subject": f"person-{number // 3}"}
    return Message(f"alert-{number}", "alert.raised", {"type": "alert.raised", "data": data}, "medium", "moderators")


def watch(engine: Engine, stop: threading.Event) -> None:
    left = 1
    while left:
        time.sleep(1)
        with transaction(engine) as connection:
            left = connection.execute(text("SELECT count(*) FROM deliveries WHERE state = 'pending'")).scalar_one()
    stop.set()


if __name__ == "__main__":
    main()
