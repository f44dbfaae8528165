"""Promotions: each change of the model in use, begun before the pointer moves and settled by what the pointer says."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Engine, text

PROMOTION_LOCK = 7_404_010  # advisory, of a session: who promotes holds it until the promotion is settled
Kind = Literal["promote", "rollback", "use"]
Baselines = Literal["transfer", "rescore", "kept"]
State = Literal["begun", "done", "undone"]
BASELINES: tuple[Baselines, ...] = get_args(Baselines)[:2]  # that can be asked for


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the model in use, as it is asked for. `model` and `previous` are versions."""

    kind: Kind
    model: str
    previous: str
    because: str
    forced: bool = False
    objections: Sequence[str] = ()
    decision: str | None = None
    baselines: Baselines = "kept"


@dataclass(frozen=True, slots=True)
class Promotion:
    """A change as it is stored."""

    id: int
    at: datetime
    change: Change
    state: State
    settled_at: datetime | None = None


_COLUMNS = "id, at, kind, model, previous, because, forced, objections, decision::text, baselines, state, settled_at"
_BEGIN = text(
    """
    INSERT INTO model_promotions (kind, model, previous, because, forced, objections, decision, baselines)
    VALUES (:kind, :model, :previous, :because, :forced, CAST(:objections AS text[]), CAST(:decision AS uuid),
            :baselines)
    RETURNING id
    """
)
_SETTLE = text("UPDATE model_promotions SET state = :state, settled_at = now() WHERE state = 'begun' RETURNING id")
_FORGET = (
    "DELETE FROM model_offsets USING model_transfers AS t WHERE t.promotion = ANY(:ids) "
    "AND model_offsets.version = t.version AND model_offsets.language = t.language",
    "DELETE FROM model_transfers WHERE promotion = ANY(:ids)",
)


@contextmanager
def promoting(engine: Engine) -> Iterator[bool]:
    """Hold the lock of promotions; False if somebody else does. It goes with the process, however that ends."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        lock = {"lock": PROMOTION_LOCK}
        held = bool(connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), lock).scalar_one())
        try:
            yield held
        finally:
            if held:
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), lock)


def begin(connection: Connection, change: Change) -> int:
    """Store a change before it happens; for who holds the lock."""
    values = {name: getattr(change, name) for name in Change.__slots__} | {"objections": list(change.objections)}
    return int(connection.execute(_BEGIN, values).scalar_one())


def begun(connection: Connection) -> Promotion | None:
    """The change that nobody has settled; there is never more than one."""
    found = _read(connection, "WHERE state = 'begun'")
    return found[0] if found else None


def settle(connection: Connection, *, done: bool) -> None:
    """Say what became of the change that was begun. What was measured for one that did not happen is forgotten."""
    ids = list(connection.execute(_SETTLE, {"state": "done" if done else "undone"}).scalars())
    for statement in () if done else _FORGET:
        connection.execute(text(statement), {"ids": ids})


def promotions(connection: Connection) -> list[Promotion]:
    """All, oldest first."""
    return _read(connection, "")


def _read(connection: Connection, where: str) -> list[Promotion]:
    rows = connection.execute(text(f"SELECT {_COLUMNS} FROM model_promotions {where} ORDER BY id"))  # noqa: S608 fixed
    return [_promotion(*row) for row in rows]


def _promotion(id_: int, at: datetime, *told: Any) -> Promotion:
    kind, model, previous, because, forced, objections, decision, baselines, state, settled_at = told
    change = Change(kind, model, previous, because, forced, tuple(objections), decision, baselines)
    return Promotion(id_, at, change, state, settled_at)


def standing(history: Sequence[Promotion]) -> list[Promotion]:
    """The changes that stand, one on the other: a rollback takes the last of them away."""
    stack: list[Promotion] = []
    for promotion in history:
        if promotion.state != "done":
            continue
        if promotion.change.kind == "rollback":
            del stack[-1:]
        else:
            stack.append(promotion)
    return stack
