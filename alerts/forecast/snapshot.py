"""The fitted numbers as a file: `alerts/forecast.toml`, with a version that follows from its content."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from alerts.forecast.dynamics import Dynamics
from alerts.forecast.pool import Pool
from alerts.forecast.shape import LEVELS, Row, Shape
from models.labels import EMOTIONS

SHIPPED = Path(__file__).parents[1] / "forecast.toml"


@dataclass(frozen=True)
class Snapshot:
    """One pool for persons and one for channels."""

    version: str
    pools: Mapping[str, Pool]


@cache
def load_snapshot() -> Snapshot:
    """The one that ships."""
    return parse_snapshot(SHIPPED.read_text())


def parse_snapshot(written: str) -> Snapshot:
    pools = {kind: _pool(values) for kind, values in tomllib.loads(written).items()}
    return Snapshot(f"forecast-{hashlib.sha256(written.encode()).hexdigest()[:8]}", pools)


def _pool(values: dict[str, Any]) -> Pool:
    ways = values["way"]
    return Pool(
        population=tuple(values["population"][emotion] for emotion in EMOTIONS),
        dynamics=tuple(Dynamics(**{each.name: way[each.name] for each in fields(Dynamics)}) for way in ways),
        shares=tuple(way["share"] for way in ways),
        trust=values["trust"],
        shapes=tuple(_shape(rows) for rows in values["shapes"]),
    )


def _shape(rows: list[dict[str, Any]]) -> Shape:
    return Shape(tuple(Row(row["mean"], tuple(row["dispersions"]), tuple(map(tuple, row["levels"]))) for row in rows))


def write_snapshot(pools: Mapping[str, Pool], how: str) -> str:
    """As TOML that `parse_snapshot` reads; `how` says how it was fitted.

    >>> pool = Pool((0.1,) * 7, (Dynamics(0.1, 0.1, 0.9, 0.1, 0.6),), (1.0,), 0.7, ())
    >>> parse_snapshot(write_snapshot({"person": pool}, "by nobody")).pools["person"] == pool
    True
    """
    return "\n".join([f"# {how}", *(line for kind, pool in pools.items() for line in _lines(kind, pool))]) + "\n"


def _lines(kind: str, pool: Pool) -> Iterator[str]:
    yield from ("", f"[{kind}]", f"trust = {pool.trust}")
    if not pool.shapes:
        yield "shapes = []"
    else:
        yield f"# one list for each horizon; levels stand for {', '.join(map(str, LEVELS))}"
        yield f"shapes = [{','.join('[' + ','.join(map(_row, shape.rows)) + ']' for shape in pool.shapes)}]"
    yield from ("", f"[{kind}.population]")
    yield from (f"{emotion} = {mean}" for emotion, mean in zip(EMOTIONS, pool.population, strict=True))
    for dynamics, share in zip(pool.dynamics, pool.shares, strict=True):
        yield from ("", f"[[{kind}.way]]", f"share = {share}")
        yield from (f"{each.name} = {getattr(dynamics, each.name)}" for each in fields(Dynamics))


def _row(row: Row) -> str:
    levels = ",\n    ".join(str(list(each)) for each in row.levels)
    return f"\n  {{ mean = {row.mean}, dispersions = {list(row.dispersions)}, levels = [\n    {levels}] }}"
