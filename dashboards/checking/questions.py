"""Every query of a dashboard, with the columns that it promises."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dashboards.panel import Dashboard, Panel, Query

_FIELD = re.compile(r"\$\{__data\.fields\.(\w+)(?:\.\w+)?(?::\w+)?\}")
_MARK_COLUMNS = frozenset({"time", "timeEnd", "text", "tags"})


@dataclass(frozen=True, slots=True)
class Question:
    """One query: where it stands, what must be among its columns, and which of them must not all be null."""

    dashboard: Dashboard
    name: str
    sql: str
    columns: frozenset[str] = frozenset()
    values: tuple[str, ...] = ()
    may_be_empty: bool = False


def questions(dashboard: Dashboard) -> Iterator[Question]:
    """Panels, then variables, then annotations. A quiet month has no annotation; everything else must answer."""
    for panel in dashboard.panels:
        for number, query in enumerate(panel.queries, 1):
            name = panel.key if len(panel.queries) == 1 else f"{panel.key} {number}"
            yield Question(dashboard, name, query.sql, _promised(panel, query), query.values)
    for variable in dashboard.variables:
        if sql := variable.sql or variable.sample:
            yield Question(dashboard, f"variable {variable.name}", sql)
    for mark in dashboard.annotations:
        yield Question(dashboard, f"annotation {mark.name}", mark.sql, _MARK_COLUMNS, may_be_empty=True)


def _promised(panel: Panel, query: Query) -> frozenset[str]:
    named = {*query.values, query.time, query.series, query.x, *(edge for band in query.bands for edge in band)}
    if query.series is None:
        named |= {column.name for column in panel.columns}
        named |= {field for column in panel.columns for field in _FIELD.findall(column.href)}
    return frozenset(name for name in named if name)
