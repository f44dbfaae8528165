"""Tables of the report. They carry captions, and wide ones become cards on a phone."""

from collections.abc import Collection, Sequence
from html import escape


def table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    look: str = "wide",
    right: Collection[int] = (),
    unseen: bool = False,
) -> str:
    """Cells are HTML already; those of the columns in `right` are numbers. `unseen`: the caption stands above already.

    Roles are spelled out because a phone's layout turns rows into blocks.
    """
    numbers = [' class="number"' if place in right else "" for place in range(len(columns))]
    head = "".join(
        f'<th role="columnheader" scope="col"{number}>{escape(column)}</th>'
        for column, number in zip(columns, numbers, strict=True)
    )
    body = "".join(
        '<tr role="row">'
        + "".join(
            f'<td role="cell" data-label="{escape(column)}"{number}><span>{cell}</span></td>'
            for column, number, cell in zip(columns, numbers, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    hidden = ' class="unseen"' if unseen else ""
    named = f"<caption{hidden}>{escape(caption)}</caption>"
    return (
        f'<table role="table" class="{look}">{named}'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )
