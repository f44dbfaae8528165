"""The vocabulary of dashboards. Grafana's JSON (`dashboards/grafana`) and the HTML report are both drawn from it.

A panel says what to ask, how to draw the answer and how to read it. Its SQL is Grafana's dialect, which has
`$__timeFilter(column)`, `$__timeFrom()`, `$__timeTo()` and `${name:sqlstring}`; `dashboards/fill.py` makes it plain.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["lines", "stacked", "bars", "ranks", "curve", "heat", "stat", "table"]
"""How an answer is drawn.

lines    one line for each series over time; a band where the query has one
stacked  areas over time that lie on each other; with `share` they fill the height
bars     bars over time, on each other
ranks    one horizontal bar for each row: `x` is its name, the values are its lengths
curve    lines over a number instead of time: `x` is that number, ascending
heat     a cell for each time and value column; the more, the darker
stat     the values of the last row, large
table    rows as they are
"""

Unit = Literal["count", "share", "score", "seconds", "per_hour", "number", "moment", "text", "days"]
"""share and score lie in 0..1; moment is a timestamptz; number is a plain decimal."""

Role = Literal["tideline_dashboard", "tideline_person"]
"""The database role that reads; each has its data source in Grafana."""

Clock = Literal["event", "wall"]
"""What a dashboard's range of time is about: when posts were written, or when work was done on this machine.
They part where history is replayed."""


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT, and what its columns mean.

    `values` are the columns drawn, each a series of its own; where `series` names a column, there is one series for
    each of its texts instead, and `values` has one name. `bands` are pairs of columns, low and high, between which a
    band is drawn behind, the widest first. Columns that nothing names, such as targets of links, are carried along.
    """

    sql: str
    values: tuple[str, ...] = ()
    time: str | None = "time"
    series: str | None = None
    x: str | None = None
    bands: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """How one column or series is shown: its words, unit, colour, whether it is drawn dashed or left out of sight."""

    name: str
    title: str = ""
    unit: Unit | None = None
    colour: str | None = None
    dashed: bool = False
    hidden: bool = False
    right: bool = False  # has the axis on the right
    points: bool = False  # dots, no line
    line: bool = False  # among bars, a line
    href: str = ""  # a Grafana link; other columns of the row are ${__data.fields.name}


@dataclass(frozen=True, slots=True)
class Step:
    """From this value on, this colour; the first step has no value."""

    colour: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture with its question. `key` is unique in its dashboard; `wide` and `high` are Grafana's grid units."""

    key: str
    title: str
    kind: Kind
    about: str
    queries: tuple[Query, ...] = ()
    unit: Unit = "number"
    columns: tuple[Column, ...] = ()
    steps: tuple[Step, ...] = ()
    share: bool = False  # stacked: of one
    lowest: float | None = None
    highest: float | None = None
    wide: int = 12  # of 24
    high: int = 8

    def column(self, name: str) -> Column | None:
        """What is said about a column, if anything is."""
        return next((column for column in self.columns if column.name == name), None)

    def unit_of(self, name: str) -> Unit:
        column = self.column(name)
        return (column and column.unit) or self.unit


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under one heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """What the reader chooses. With `sql` it is one of the rows, with `choices` one of them, else it is typed in.

    Rows are one column, or two named __value and __text. `sample` is SQL that finds a value for one that is typed in,
    so that its panels can be tried.
    """

    name: str
    label: str
    about: str
    sql: str = ""
    choices: tuple[str, ...] = ()
    several: bool = False  # more than one at once, all of them at first
    default: str = ""
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """Moments marked over every panel with time. The SQL gives time, timeEnd (or null), text and tags."""

    name: str
    sql: str
    colour: str
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page of panels for one role."""

    uid: str
    title: str
    about: str
    rows: tuple[Row, ...]
    role: Role = "tideline_dashboard"
    variables: tuple[Variable, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    clock: Clock = "event"
    since: str = "now-30d"
    until: str = "now"
    refresh: str = "5m"

    @property
    def panels(self) -> Iterator[Panel]:
        for row in self.rows:
            yield from row.panels

    def panel(self, key: str) -> Panel:
        """The panel with this key."""
        return next(panel for panel in self.panels if panel.key == key)
