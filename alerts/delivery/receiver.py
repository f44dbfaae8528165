"""A small receiver of webhooks: what every real one must do, in one page. The demo and the tests use it."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

from alerts.delivery.webhook import verify

LARGEST = 64 * 1024
REMEMBERED = 100_000  # ids kept to tell a repeat from a new webhook


class Receiver(ThreadingHTTPServer):
    """Checks the signature and its age, then takes each `webhook-id` once, however often it comes.

    >>> with serving(Receiver([b"key"])) as receiver:
    ...     receiver.url.startswith("http://127.0.0.1:")
    True
    """

    daemon_threads = True

    def __init__(
        self,
        keys: Sequence[bytes],
        port: int = 0,
        clock: Callable[[], float] = time.time,
        on_alert: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.keys = keys
        self.clock = clock
        self.on_alert = on_alert
        self.counts: Counter[str] = Counter()  # verified, repeated, refused
        self.seen: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The status to answer. A repeat gets the same yes as the first."""
        if not verify(self.keys, headers, body, self.clock()):
            self.counts["refused"] += 1
            return 401
        with self._lock:
            known = headers["webhook-id"] in self.seen
            if not known:
                self._remember(headers["webhook-id"], body)
            self.counts["repeated" if known else "verified"] += 1
        return 204

    def _remember(self, message_id: str, body: bytes) -> None:
        """Act first, remember then: if acting fails, the sender comes again."""
        payload: dict[str, Any] = orjson.loads(body)
        if self.on_alert:
            self.on_alert(payload)
        self.seen[message_id] = payload
        if len(self.seen) > REMEMBERED:
            self.seen.popitem(last=False)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    timeout = 30

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            self._answer(413)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._answer(self.server.take(headers, self.rfile.read(int(length))))

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the counts tell it."""


@contextmanager
def serving(receiver: Receiver) -> Iterator[Receiver]:
    """Run a receiver in the background until the block ends."""
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join()
