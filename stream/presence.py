"""A worker's row in the table of live workers, kept fresh by a thread that can neither block nor fail the stream."""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Engine

from alerts.rules import Rules
from storage.database import transaction
from storage.errors import StorageError
from storage.workers import Running, note_worker, remove_worker
from stream.version import code_version

log = logging.getLogger("tideline.presence")
BEAT_SECONDS = 10.0
LEAVE_SECONDS = 2.0  # the most that stopping waits; a row that stays grows old by itself


class Presence:
    """Says what this process runs, at its start and every few seconds; takes the row away at its end.

    `models` tells which version scores which language now: a model can be exchanged while the worker runs,
    rules cannot. `challenger` tells how the model in shadow fares.
    """

    def __init__(
        self,
        engine: Engine,
        rules: Rules,
        models: Callable[[], Mapping[str, str]],
        challenger: Callable[[], Mapping[str, Any] | None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._rules = rules
        self._models = models
        self._challenger = challenger
        self.id = str(uuid.uuid4())
        self._stop = threading.Event()
        self._told = True
        self._thread = threading.Thread(target=self._run, daemon=True, name="presence")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Take the row away, if the database answers at once."""
        self._stop.set()
        if self._thread.ident:
            self._thread.join(LEAVE_SECONDS)

    def _run(self) -> None:
        while True:
            self.beat()
            if self._stop.wait(BEAT_SECONDS):
                break
        self.leave()

    def beat(self) -> bool:
        """Write the row; says whether that worked. What it meets is told once, until it works again."""
        try:
            with transaction(self._engine) as connection:
                note_worker(connection, self._running())
        except Exception as error:  # whatever it is, posts go on being scored
            self._tell(error)
            return False
        self._told = True
        return True

    def leave(self) -> None:
        try:
            with transaction(self._engine) as connection:
                remove_worker(connection, self.id)
        except Exception as error:  # the row expires
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        if self._told:
            why = str(error) if isinstance(error, StorageError) else type(error).__name__
            log.info("this worker cannot be listed for now: %s", why)
        self._told = False

    def _running(self) -> Running:
        keys = [rule.key for rule in self._rules.all]
        host = socket.gethostname()
        return Running(
            self.id, host, os.getpid(), code_version(), self._rules.version, keys, self._models(), self._challenger()
        )
