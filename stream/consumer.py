"""Faust's Kafka consumer, corrected in two places and made cheaper in one."""

import asyncio
from collections.abc import Mapping
from typing import Any

from faust.transport.drivers.aiokafka import Consumer
from faust.types import TP

from stream.contiguity import Contiguity


class PostgresFirst(Consumer):
    """A Faust consumer that commits what Postgres has, whatever was acknowledged."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.processed: dict[TP, int] = {}
        self.contiguity = Contiguity()
        self.inbox: asyncio.Queue[Any] | None = None

    def _new_offset(self, tp: TP) -> int | None:
        """The offset to commit. Faust's own list of acknowledgements is not read, so it must not grow."""
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self.processed.get(tp)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Called after every rebalance; remembers where each partition's reading starts."""
        committed: Mapping[TP, int] = await super().seek_to_committed()
        for tp, offset in committed.items():
            self.processed.pop(tp, None)  # of a log that has begun anew, say
            self.contiguity.start(tp.partition, max(offset or 0, 0))  # None or -1: nothing was committed
        return committed

    async def wait_first(self, *coros: Any, timeout: Any = None) -> Any:
        """Hand a message on.

        Faust starts three tasks beside each message, in case handing it on must wait and something else ends
        that wait. With room in the inbox it cannot wait; going straight there halves what Faust costs.
        """
        hand_on, suspended = coros
        if self.inbox is None or self.inbox.full() or not self.app.flow_control.is_active():
            return await super().wait_first(hand_on, suspended, timeout=timeout)
        suspended.close()
        return await hand_on
