"""What a reader of a dashboard would choose: all channels, rules and models, and a fitting step."""

from collections.abc import Sequence

from dashboards.panel import Dashboard, Panel, Variable
from stream.errors import StreamError
from stream.report.ask import Asker
from stream.report.stretches import step

Choices = dict[str, str | Sequence[str]]
MOST_FOCUS = 4
_FOCUS = """
SELECT channel, EXISTS (SELECT FROM dashboard.channel_forecasts AS f WHERE f.channel = d.channel) AS expected
FROM dashboard.channel_days AS d WHERE $__timeFilter(day) AND channel IN (${channel:sqlstring}) AND channel <> ''
GROUP BY channel ORDER BY 2 DESC, sum(posts) DESC, channel
"""


class UnknownChannel(StreamError):
    """A channel was asked for that no panel could show."""


def choose(dashboard: Dashboard, asker: Asker, channels: Sequence[str]) -> Asker:
    """The same asker with a value for each variable of the dashboard."""
    values: Choices = dict(asker.values)
    for variable in dashboard.variables:
        values[variable.name] = _value(variable, asker)
    if channels and "channel" in values:
        _require(channels, values["channel"])
        values["channel"] = list(channels)
    return Asker(asker.connection, asker.stretch, values)


def focused(panel: Panel, asker: Asker) -> list[Asker]:
    """One asker for each channel that a panel about one channel should be drawn for, the busiest first."""
    if not any("${focus:" in query.sql for query in panel.queries):
        return [asker]
    found = asker.attempt(_FOCUS) or []
    expected = [row["channel"] for row in found if row["expected"]][:MOST_FOCUS]
    return [asker.choosing(focus=name) for name in expected or [row["channel"] for row in found[:1]]] or [asker]


def _value(variable: Variable, asker: Asker) -> str | Sequence[str]:
    if variable.name == "step":
        return step(asker.stretch)
    if not variable.sql:
        return variable.default
    options = _options(variable, asker)
    return options if variable.several else (options or [""])[0]


def _options(variable: Variable, asker: Asker) -> list[str]:
    """None where the question fails: then the panels say so."""
    return [str(next(iter(row.values()))) for row in asker.attempt(variable.sql) or []]


def _require(channels: Sequence[str], options: str | Sequence[str]) -> None:
    missing = [name for name in channels if name not in options]
    if missing:
        raise UnknownChannel(
            f"no channel {missing[0]!r} has a day with enough people to be shown: "
            "write its name as it stands on the page without --channel"
        )
