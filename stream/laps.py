"""How long each transaction of a batch took, with what led to it; a batch that is halved has several."""

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage.throughput import BatchCount, add_batch
from stream.writing import Written


@dataclass(slots=True)
class Lap:
    """Began when the batch did, and begins anew after each transaction."""

    began: float

    def note(self, connection: Connection, at: datetime, partition: int, written: Written) -> None:
        """Count the transaction right before it ends, in itself."""
        seconds = time.perf_counter() - self.began
        count = BatchCount(written.stored, written.scored, written.abstained, written.late, written.set_aside, seconds)
        add_batch(connection, at, partition, count)

    def begin(self) -> None:
        self.began = time.perf_counter()
