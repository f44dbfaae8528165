"""Is the worker alive, and can it work? Told by a file and by a small HTTP server."""

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest

from stream.errors import SettingsInvalid

log = logging.getLogger("tideline.health")
STALE_SECONDS = 15.0
WRITE_EVERY = 1.0


class Health:
    """What the worker knows about itself. Beats come from the event loop, so a blocked loop goes stale.

    >>> health = Health(clock=iter([0.0, 1.0, 99.0]).__next__)
    >>> health.beat(); health.alive(), health.alive()
    (True, False)
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._beat_at = float("-inf")
        self._written_at = float("-inf")
        self.outage: str | None = None
        self.assigned = 0
        self.model: str | None = None
        self.models: Mapping[str, str] = {}
        self.model_refused: str | None = None
        self.rules: str | None = None
        self.challenger: Mapping[str, Any] | None = None

    def beat(self) -> None:
        self._beat_at = self._clock()
        if self._path and self._beat_at - self._written_at >= WRITE_EVERY:
            self._written_at = self._beat_at
            self._write(self._path)

    def alive(self) -> bool:
        return self._clock() - self._beat_at < STALE_SECONDS

    def why_not_ready(self) -> str | None:
        """None when posts can be processed; otherwise what is missing."""
        if self.outage:
            return self.outage
        return None if self.assigned else "no partitions are assigned yet"

    def _write(self, path: Path) -> None:
        """A full disk must not stop the worker: the file goes stale, and that tells of it."""
        state = {
            "pid": os.getpid(),
            "at": time.time(),
            "not_ready": self.why_not_ready(),
            "model": self.model,
            "models": dict(self.models),
            "model_refused": self.model_refused,
            "rules": self.rules,
            "challenger": self.challenger,
        }
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            draft.write_text(json.dumps(state))
            draft.replace(path)
        except OSError as error:
            log.warning("the health file %s cannot be written (%s)", path, error.strerror)


def read_health(path: Path, now: float) -> tuple[bool, str | None]:
    """What a health file says: alive, and why not ready."""
    try:
        state = json.loads(path.read_text())
        at, not_ready = float(state["at"]), state["not_ready"]
    except (OSError, ValueError, KeyError, TypeError):
        return False, f"no readable health file at {path}"
    alive = now - at < STALE_SECONDS
    return alive, not_ready if alive else f"the last beat is {now - at:.0f} s old"


def serve_health(port: int, health: Health, registry: CollectorRegistry) -> ThreadingHTTPServer:
    """Serve /metrics, /live and /ready on loopback and every other address of this host."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = _answer(self.path, health, registry)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: a scrape every few seconds is no news."""

    try:
        server = ThreadingHTTPServer(("0.0.0.0", port), Handler)  # noqa: S104 scraped from other hosts
    except OSError as error:
        raise SettingsInvalid(f"port {port} for metrics is in use: set TIDELINE_METRICS_PORT to a free one") from error
    threading.Thread(target=server.serve_forever, daemon=True, name="health").start()
    return server


def _answer(path: str, health: Health, registry: CollectorRegistry) -> tuple[int, bytes]:
    if path == "/metrics":
        return 200, generate_latest(registry)
    if path == "/live":
        return (200, b"alive\n") if health.alive() else (503, b"the event loop is blocked\n")
    if path == "/ready":
        reason = health.why_not_ready()
        return (200, b"ready\n") if reason is None else (503, f"{reason}\n".encode())
    return 404, b"try /metrics, /live or /ready\n"
