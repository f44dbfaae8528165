"""From rows to series: what a panel draws over time, or over a number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from dashboards.panel import Column, Panel, Query, Unit
from stream.report.ask import Answer, Row
from stream.report.colours import colour_names
from stream.report.words import named

Values = tuple[float | None, ...]
Place = TypeVar("Place", datetime, float)


@dataclass(frozen=True, slots=True)
class Series:
    """One thing followed along the slots; None where nothing is known."""

    title: str
    unit: Unit
    colour: str  # classes of the style sheet
    values: Values
    column: Column

    @property
    def known(self) -> list[float]:
        return [value for value in self.values if value is not None]


@dataclass(frozen=True, slots=True)
class Over(Generic[Place]):
    """All series of a panel over the same places, and the edges of its bands, the widest first."""

    places: tuple[Place, ...]
    series: tuple[Series, ...]
    bands: tuple[tuple[Values, Values], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether no series knows anything."""
        return not any(series.known for series in self.series)


def over_time(answer: Answer) -> Over[datetime]:
    """The series of a panel whose queries have a column with the time."""
    return _over(answer, lambda query: query.time or "time")


def over_number(answer: Answer) -> Over[float]:
    """The series of a curve."""
    return _over(answer, lambda query: query.x or "x")


def _over(answer: Answer, place_of: Any) -> Over[Any]:
    found: dict[str, dict[Any, float | None]] = {}
    edges: list[tuple[dict[Any, float | None], dict[Any, float | None]]] = []
    for query, rows in zip(answer.panel.queries, answer.rows, strict=True):
        place = place_of(query)
        for name, at, value in _cells(query, rows, place):
            found.setdefault(name, {})[at] = _number(value)
        edges += [(_column(rows, place, low), _column(rows, place, high)) for low, high in query.bands]
    places = tuple(sorted({at for values in found.values() for at in values}))
    bands = tuple((_along(low, places), _along(high, places)) for low, high in edges)
    return Over(places, _series(answer.panel, found, places), bands)


def _cells(query: Query, rows: Iterable[Row], place: str) -> Iterable[tuple[str, Any, Any]]:
    for row in rows:
        for value in query.values:
            yield (str(row[query.series]) if query.series else value), row[place], row[value]


def _series(
    panel: Panel, found: Mapping[str, Mapping[Any, float | None]], places: tuple[Any, ...]
) -> tuple[Series, ...]:
    """Those the panel says nothing about come first, so that the rest of them, called others, lies on top."""
    columns = {name: panel.column(name) or Column(name) for name in found}
    ordered = sorted(columns.items(), key=lambda item: panel.column(item[0]) is not None)
    shown = {name: column for name, column in ordered if not column.hidden}
    colours = colour_names([column.colour for column in shown.values()])
    return tuple(
        Series(column.title or named(name), column.unit or panel.unit, colour, _along(found[name], places), column)
        for (name, column), colour in zip(shown.items(), colours, strict=True)
    )


def _column(rows: Iterable[Row], place: str, name: str) -> dict[Any, float | None]:
    return {row[place]: _number(row[name]) for row in rows}


def _along(values: Mapping[Any, float | None], places: tuple[Any, ...]) -> Values:
    return tuple(values.get(place) for place in places)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
