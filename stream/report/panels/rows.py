"""Rows as a table. A single row that only says that there is nothing becomes that sentence."""

from html import escape

from dashboards.panel import Column
from stream.report.ask import Answer, Row
from stream.report.panels.nothing import nothing, sentence
from stream.report.table import table
from stream.report.words import said

MOST = 12
_NUMBERS = ("count", "share", "score", "seconds", "per_hour", "number", "days")


def rows(answer: Answer) -> str:
    """The values of each row; links of Grafana lead nowhere here and are left out."""
    found, names = answer.rows[0], answer.panel.queries[0].values
    if not found:
        return nothing(answer.panel)
    if len(found) == 1 and all(found[0][name] is None for name in names[1:]):
        return sentence(f"{str(found[0][names[0]]).capitalize()}.")
    columns = [column for column in (answer.panel.column(name) or Column(name) for name in names) if not column.hidden]
    heads = [column.title or column.name for column in columns]
    numeric = {place for place, column in enumerate(columns) if answer.panel.unit_of(column.name) in _NUMBERS}
    body = [_cells(answer, row, columns) for row in found[:MOST]]
    look = "wide" if len(columns) > 4 else "small"
    left = f'<p class="label">{len(found) - MOST:,} more rows are not shown.</p>' if len(found) > MOST else ""
    return table(answer.panel.title, heads, body, look=look, right=numeric, unseen=True) + left


def _cells(answer: Answer, row: Row, columns: list[Column]) -> list[str]:
    return [escape(said(row[column.name], answer.panel.unit_of(column.name))) for column in columns]
