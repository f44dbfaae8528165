"""A table whose rows have a bar: as many values as the panel draws, one after another."""

from collections.abc import Sequence
from html import escape

from dashboards.panel import Column
from stream.report.ask import Answer, Row
from stream.report.colours import colour_names
from stream.report.panels.nothing import nothing
from stream.report.words import named, said

MOST = 12
_ALL = "all"  # the row of totals, which is no bar beside the others


def ranks(answer: Answer) -> str:
    """Rows as they come; a row called `all` is told below."""
    query, rows = answer.panel.queries[0], answer.rows[0]
    name, shown = query.x or "", [row for row in rows if row[query.x or ""] != _ALL]
    most = max((_length(row, query.values) for row in shown), default=0.0)
    if not most:
        return nothing(answer.panel)
    columns = [answer.panel.column(value) or Column(value) for value in query.values]
    colours = colour_names([column.colour for column in columns])
    body = "".join(_row(answer, row, name, columns, colours, most) for row in shown[:MOST])
    left = f"<p>{len(shown) - MOST:,} more are not shown.</p>" if len(shown) > MOST else ""
    return (
        f'{_keys(columns, colours)}<table class="ranks"><caption class="unseen">{escape(answer.panel.title)}</caption>'
        f"<tbody>{body}</tbody></table>{_total(answer, rows, name)}{left}"
    )


def _row(answer: Answer, row: Row, name: str, columns: Sequence[Column], colours: Sequence[str], most: float) -> str:
    parts = "".join(
        f'<span class="part {colour}" style="width:{float(row[column.name] or 0) / most:.2%}"></span>'
        for column, colour in zip(columns, colours, strict=True)
        if row[column.name]
    )
    figures = " · ".join(said(row[column.name], answer.panel.unit_of(column.name)) for column in columns)
    return (
        f'<tr><th scope="row">{escape(named(row[name]))}</th><td class="bars" aria-hidden="true">{parts}</td>'
        f'<td class="figure">{figures}</td></tr>'
    )


def _keys(columns: Sequence[Column], colours: Sequence[str]) -> str:
    if len(columns) == 1:
        return ""
    items = "".join(
        f'<li><span class="key {colour}"></span>{escape(column.title or column.name)}</li>'
        for column, colour in zip(columns, colours, strict=True)
    )
    return f'<ul class="legend">{items}</ul>'


def _total(answer: Answer, rows: Sequence[Row], name: str) -> str:
    values = answer.panel.queries[0].values
    for row in rows:
        if row[name] == _ALL:
            figures = " · ".join(said(row[value], answer.panel.unit_of(value)) for value in values)
            return f'<p class="label">All: {figures}</p>'
    return ""


def _length(row: Row, values: Sequence[str]) -> float:
    return float(sum(row[value] or 0 for value in values))
