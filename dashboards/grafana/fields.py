"""How each column or series looks: Grafana's overrides by name."""

from collections.abc import Iterator

from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from dashboards.panel import Column, Panel, Unit

UNITS: dict[Unit, str] = {
    "count": "locale",
    "share": "percentunit",
    "score": "none",
    "seconds": "s",
    "per_hour": "locale",
    "number": "short",
    "moment": "dateTimeAsIso",
    "text": "string",
    "days": "d",
}
OVER_TIME = ("lines", "stacked", "bars", "curve")
_NOWHERE = {"legend": True, "tooltip": True, "viz": True}
_UNTOLD = {"legend": True, "tooltip": False, "viz": False}


def overrides(panel: Panel) -> Iterator[tuple[str, list[DynamicConfigValue]]]:
    """A name and what is special about it. Edges of a band keep their names, as Grafana finds them by name."""
    edges = {edge for query in panel.queries for band in query.bands for edge in band}
    for column in panel.columns:
        if column.name not in edges:
            yield column.name, [*_words(column), *_look(panel, column)]
    for query in panel.queries:
        for low, high in query.bands:
            yield low, list(_edge(panel))
            yield high, [*_edge(panel), _value("custom.fillBelowTo", low), _value("custom.fillOpacity", 18)]


def _value(name: str, value: object) -> DynamicConfigValue:
    return DynamicConfigValue(name, value)


def _words(column: Column) -> Iterator[DynamicConfigValue]:
    if column.title:
        yield _value("displayName", column.title)
    if column.unit:
        yield _value("unit", UNITS[column.unit])
    if column.href:
        yield _value("links", [{"title": "Show", "url": column.href, "targetBlank": False}])


def _look(panel: Panel, column: Column) -> Iterator[DynamicConfigValue]:
    if column.colour and panel.kind != "table":
        yield _value("color", {"mode": "fixed", "fixedColor": column.colour})
    if column.hidden:
        yield _value("custom.hidden", True) if panel.kind == "table" else _value("custom.hideFrom", _NOWHERE)
    if panel.kind in OVER_TIME:
        yield from _drawn(column)


def _drawn(column: Column) -> Iterator[DynamicConfigValue]:
    if column.dashed:
        yield _value("custom.lineStyle", {"fill": "dash", "dash": [8, 6]})
    if column.points or column.line:
        yield _value("custom.drawStyle", "points" if column.points else "line")
        yield _value("custom.stacking", {"group": "B", "mode": "none"})
        yield _value("custom.fillOpacity", 0)
    if column.right:
        yield _value("custom.axisPlacement", "right")


def _edge(panel: Panel) -> Iterator[DynamicConfigValue]:
    """An edge is no line of its own; the band takes the colour of the line it belongs to."""
    colour = next((column.colour for column in panel.columns if column.dashed), None)
    yield _value("custom.lineWidth", 0)
    yield _value("custom.hideFrom", _UNTOLD)
    if colour:
        yield _value("color", {"mode": "fixed", "fixedColor": colour})
