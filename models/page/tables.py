"""Tables of the page. Cells are HTML already; the first cell of a row is its header."""

from collections.abc import Mapping, Sequence
from html import escape


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], look: str = "figures") -> str:
    """Roles are spelled out because a phone's layout turns the rows of a wide table into blocks."""
    head = "".join(f'<th role="columnheader" scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(_row(columns, row) for row in rows)
    return (
        f'<table role="table" class="{look}"><caption>{escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _row(columns: Sequence[str], cells: Sequence[str]) -> str:
    first = f'<th role="rowheader" scope="row">{cells[0]}</th>'
    rest = "".join(
        f'<td role="cell" data-label="{escape(column)}"><span>{cell}</span></td>'
        for column, cell in zip(columns[1:], cells[1:], strict=True)
    )
    return f'<tr role="row">{first}{rest}</tr>'


def pairs(caption: str, values: Mapping[str, str]) -> str:
    """Names and values; no head, for there is nothing to say in it."""
    rows = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{value}</td></tr>' for name, value in values.items())
    return f'<table class="pairs"><caption>{escape(caption)}</caption><tbody>{rows}</tbody></table>'
