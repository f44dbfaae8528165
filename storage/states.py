"""What the detectors remember of people and channels: one short row of bytes each.

A state is nested lists and dicts of ints, floats, strings and bytes, which MessagePack gives back unchanged
and writes in about half of JSON's space.
"""

from collections.abc import Collection, Mapping
from typing import Any

import msgpack
from sqlalchemy import Connection, text

State = dict[str, Any]

_UPDATE = {
    "person_states": "UPDATE person_states AS s SET state = row.state FROM "
    "unnest(CAST(:names AS uuid[]), CAST(:states AS bytea[])) AS row(name, state) WHERE s.person = row.name",
    "channel_states": "UPDATE channel_states AS s SET state = row.state FROM "
    "unnest(CAST(:names AS text[]), CAST(:states AS bytea[])) AS row(name, state) WHERE s.channel = row.name",
}
_LOCK = {
    "person_states": "SELECT person::text, state FROM person_states "
    "WHERE person = ANY(CAST(:names AS uuid[])) ORDER BY person FOR UPDATE",
    "channel_states": "SELECT channel, state FROM channel_states "
    "WHERE channel = ANY(CAST(:names AS text[])) ORDER BY channel FOR UPDATE",
}
_MAKE = {
    "person_states": "INSERT INTO person_states (person, state) "
    "SELECT unnest(CAST(:names AS uuid[])), :empty ON CONFLICT DO NOTHING",
    "channel_states": "INSERT INTO channel_states (channel, state) "
    "SELECT unnest(CAST(:names AS text[])), :empty ON CONFLICT DO NOTHING",
}


_ALL = {
    "person_states": "SELECT person::text, state FROM person_states",
    "channel_states": "SELECT channel, state FROM channel_states",
}


def pack(state: State) -> bytes:
    """
    >>> unpack(pack({"rules": {"a": [1, 0.5, b"key"]}}))
    {'rules': {'a': [1, 0.5, b'key']}}
    """
    packed: bytes = msgpack.packb(state)
    return packed


def unpack(state: bytes | memoryview) -> State:
    found: State = msgpack.unpackb(state)
    return found


def lock_states(connection: Connection, table: str, names: Collection[str]) -> dict[str, State]:
    """Lock these rows in name order, making empty ones where there are none, and read them."""
    found = _lock(connection, table, names)
    missing = sorted(set(names) - found.keys())
    if missing:
        connection.execute(text(_MAKE[table]), {"names": missing, "empty": pack({})})
        found |= _lock(connection, table, missing)
    return found


def _lock(connection: Connection, table: str, names: Collection[str]) -> dict[str, State]:
    rows = connection.execute(text(_LOCK[table]), {"names": sorted(names)})
    return {name: unpack(state) for name, state in rows}


def save_states(connection: Connection, table: str, states: Mapping[str, State]) -> None:
    names = sorted(states)
    if names:
        values = [pack(states[name]) for name in names]
        connection.execute(text(_UPDATE[table]), {"names": names, "states": values})


def all_states(connection: Connection, table: str) -> dict[str, State]:
    """Every state, for verification and reports on small databases."""
    rows = connection.execute(text(_ALL[table]).execution_options(stream_results=True, yield_per=5000))
    return {name: unpack(state) for name, state in rows}
