"""Stored curves and offsets: how the scores of a model version are heard. Whoever applies them is in `stream`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, text

Spoken = tuple[str, str]  # version, language
Whose = tuple[str, str, str]  # version, language, person


@dataclass(frozen=True, slots=True)
class StoredTransfer:
    """Curves by emotion, as knots; `figures` say what they were measured on; `people` have offsets of their own."""

    version: str
    language: str
    curves: Mapping[str, Sequence[Sequence[int]]]
    figures: Mapping[str, Any]
    people: int = 0


class PersonOffset(NamedTuple):
    """In thousandths, in the order of EMOTIONS."""

    person: str
    posts: int
    values: Sequence[int]


_STORE = text(
    "INSERT INTO model_transfers (version, language, promotion, curves, figures, people) VALUES "
    "(:version, :language, :promotion, CAST(:curves AS jsonb), CAST(:figures AS jsonb), :people)"
)
_OFFSET = text(
    "INSERT INTO model_offsets (version, language, person, posts, offsets) SELECT :version, :language, r.person, "
    "r.posts, CAST(r.offsets AS smallint[]) FROM unnest(CAST(:persons AS uuid[]), CAST(:posts AS int[]), "
    "CAST(:offsets AS text[])) AS r(person, posts, offsets) "
    "WHERE NOT EXISTS (SELECT 1 FROM opt_outs WHERE opt_outs.person = r.person)"
)
_STAMP = text("SELECT count(*), coalesce(max(promotion), 0) FROM model_transfers")
_OF = "SELECT version, language, person::text, offsets FROM model_offsets"


def store_transfer(
    connection: Connection, promotion: int, transfer: StoredTransfer, offsets: Iterable[PersonOffset] = ()
) -> None:
    """Store how a version is heard in one language, with the promotion that asks for it."""
    of = {"version": transfer.version, "language": transfer.language}
    rows = list(offsets)
    told = {name: orjson.dumps(getattr(transfer, name)).decode() for name in ("curves", "figures")}
    connection.execute(_STORE, of | told | {"promotion": promotion, "people": len(rows)})
    if rows:
        arrays = ["{" + ",".join(map(str, row.values)) + "}" for row in rows]
        persons, posts = [row.person for row in rows], [row.posts for row in rows]
        connection.execute(_OFFSET, of | {"persons": persons, "posts": posts, "offsets": arrays})


def transfers_stamp(connection: Connection) -> tuple[int, int]:
    """Changes whenever a transfer is stored or forgotten; (0, 0) while there is none."""
    count, newest = connection.execute(_STAMP).one()
    return count, newest


def read_transfers(connection: Connection) -> list[StoredTransfer]:
    """All that there are."""
    rows = connection.execute(text("SELECT version, language, curves, figures, people FROM model_transfers"))
    return [StoredTransfer(*row) for row in rows]


def read_offsets(connection: Connection, persons: Iterable[str] | None = None) -> dict[Whose, tuple[int, ...]]:
    """The offsets of these people, or of everybody."""
    where = " WHERE person = ANY(CAST(:persons AS uuid[]))"
    if persons is None:
        rows = connection.execute(text(_OF))
    else:
        rows = connection.execute(text(_OF + where), {"persons": sorted(persons)})
    return {(version, language, person): tuple(values) for version, language, person, values in rows}
