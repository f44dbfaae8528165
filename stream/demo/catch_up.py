"""Waiting until the workers have committed everything that was sent."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from storage.database import transaction
from storage.overview import read_watermarks
from stream.errors import StreamError
from stream.progress import Progress

NAP_SECONDS = 0.2
PATIENCE = 300.0  # seconds without any progress


class NeverCaughtUp(StreamError):
    """The worker runs but nothing moves."""


@dataclass(frozen=True)
class Pace:
    """How long the work took, from the first commit seen to the last."""

    seconds: float


def catch_up(
    engine: Engine,
    topic: str,
    total: int,
    bar: Progress,
    check: Callable[[], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Pace:
    """Poll until Postgres has `total` messages of a log that began empty; `check` may raise to give up.

    The total is what replay sent: the embedded broker's own end offsets lag behind by its last batches.
    """
    done, moved_at, began = 0, clock(), None
    while done < total:
        check()
        now = min(_committed(engine, topic), total)
        if now > done:
            began = moved_at if began is None else began
            bar.advance(now - done)
            done, moved_at = now, clock()
        elif clock() - moved_at > PATIENCE:
            raise NeverCaughtUp(f"the worker has not moved for {PATIENCE:.0f} s: see worker.log in the demo's folder")
        if done < total:
            sleep(NAP_SECONDS)
    return Pace(max(clock() - (began if began is not None else moved_at), 1e-9))


def _committed(engine: Engine, topic: str) -> int:
    with transaction(engine) as connection:
        return sum(offset for _, _, offset in read_watermarks(connection, topic))
