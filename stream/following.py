"""Workers take up a newly chosen model between two batches, without a restart."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from models.errors import ModelError
from models.registry.pointer import Stamp, stamp
from models.routing import Routing
from stream.errors import SettingsInvalid

log = logging.getLogger("tideline.model")


class Following:
    """The models that follow from what `tideline models use` chose, looked for again whenever they are asked for.

    A look costs one `stat`. A choice that cannot be used is said once, the models at hand go on, all of them, and
    nothing is tried again before somebody chooses again: a worker that works is never stopped by a new model.
    """

    def __init__(self, registry: Path, route: Callable[[], Routing], routing: Routing, seen: Stamp | None) -> None:
        """`route` makes the table anew; `seen` is the pointer's stamp from before `routing` was made."""
        self._registry = registry
        self._route = route
        self._routing = routing
        self._seen = seen
        self._lock = threading.Lock()
        self.refused: str | None = None

    def now(self) -> Routing:
        """The models for the next batch."""
        with self._lock:
            found = stamp(self._registry)
            if found != self._seen:
                self._seen = found
                self._take_up()
            return self._routing

    def _take_up(self) -> None:
        before, self.refused = self._routing.signature, None
        try:
            self._routing = self._route()
        except Exception as error:  # whatever a new model can do must not stop one that works
            why = str(error) if isinstance(error, ModelError | SettingsInvalid) else type(error).__name__
            self.refused = why
            log.warning("still scoring with %s, because the model chosen cannot be used: %s", before, why)
        else:
            log.info("scoring with %s from the next batch on (before: %s)", self._routing.signature, before)
