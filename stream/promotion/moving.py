"""Changing the model in use so that pointer and database agree afterwards, whatever kills this process and when.

The change is stored as begun, with the transfers that it needs; then the pointer is replaced; then the change is
settled. Whoever finds one that was begun and not settled asks the pointer what became of it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from models.errors import ModelError
from models.registry.folder import Registry
from models.registry.pointer import Choice
from storage.database import transaction
from storage.promotions import Change, begin, begun, promoting, settle
from storage.transfers import store_transfer
from stream.errors import StreamError
from stream.faults import reach
from stream.promotion.measuring import Measured


@contextmanager
def alone(engine: Engine, registry: Registry) -> Iterator[None]:
    """For one promotion at a time, with whatever an earlier one left behind settled."""
    with promoting(engine) as held:
        if not held:
            raise StreamError("another promotion is under way: wait for its end, then see `tideline models promotions`")
        _settle(engine, registry)
        yield


def settle_begun(engine: Engine, registry: Registry) -> None:
    """Settle what a promotion that died has left; one that is under way is left alone."""
    with transaction(engine) as connection:
        if begun(connection) is None:
            return
    with promoting(engine) as held:
        if held:
            _settle(engine, registry)


def _settle(engine: Engine, registry: Registry) -> None:
    with transaction(engine) as connection:
        left = begun(connection)
        if left is not None:
            settle(connection, done=registry.pointed_to() == left.change.model)


def move(
    engine: Engine, registry: Registry, choice: Choice | None, change: Change, measured: Mapping[str, Measured]
) -> None:
    """For who is alone: store, point, settle. Where the pointer cannot be replaced, nothing has changed."""
    with transaction(engine) as connection:
        _begin(connection, change, measured)
    reach("promotion_begun")
    try:
        registry.point_to(choice)
    except ModelError:
        _settle(engine, registry)
        raise
    reach("promotion_pointed")
    _settle(engine, registry)
    reach("promotion_done")


def _begin(connection: Connection, change: Change, measured: Mapping[str, Measured]) -> None:
    promotion = begin(connection, change)
    for found in measured.values():
        store_transfer(connection, promotion, found.transfer, found.offsets)
