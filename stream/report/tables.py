"""The tables of the report. They carry captions, and become cards on a phone."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from storage.report import AlertLine
from stream.report.data import ReportData
from stream.report.people import short

EVIDENCE = (
    "Evidence: which part of the statistic the heaviest posts carry. Calmer posts pull the other way, so the heavy "
    "ones may carry more than all of it."
)
COLUMNS = ("When (UTC)", "Rule", "About", "Severity", "Since", "Statistic", "Change", "Evidence", "Webhook")


def alert_table(data: ReportData) -> str:
    """Newest first. Evidence is shares of posts that are not named here."""
    if not data.alerts:
        return "<p>No rule was passed.</p>"
    rows = [_row(alert, data) for alert in reversed(data.alerts)]
    left = data.left_out.get("alerts", 0)
    more = f"<p>{left:,} older alerts are not shown.</p>" if left else ""
    return f'<p class="label">{EVIDENCE}</p>' + table("Alerts, newest first", COLUMNS, rows) + more


def _row(alert: AlertLine, data: ReportData) -> tuple[str, ...]:
    evidence = alert.evidence
    return (
        _time(alert.at),
        escape(alert.rule),
        _about(alert, data),
        f'<span class="badge {alert.severity}">{alert.severity}</span>',
        _time(datetime.fromisoformat(evidence["since"])) if "since" in evidence else "",
        f"{alert.statistic:.2f} <small>(threshold {alert.threshold:g})</small>",
        _change(evidence),
        _shares(alert),
        escape(alert.delivery),
    )


def _about(alert: AlertLine, data: ReportData) -> str:
    if alert.subject_kind == "channel":
        return escape(alert.subject)
    code = f"<code>{short(alert.subject)}</code>"
    return f'<a href="#p-{short(alert.subject)}">{code}</a>' if alert.subject in data.people else code


def _change(evidence: Mapping[str, Any]) -> str:
    """From the subject's own baseline to now; the spaces do not break."""
    if not {"baseline", "now"} <= evidence.keys():
        return ""
    return f"{evidence['baseline']:.0%}\u00a0→\u00a0{evidence['now']:.0%}"


def _shares(alert: AlertLine) -> str:
    """How much of the statistic the heaviest posts carry, and how much all others together."""
    parts = [post["contribution"] / alert.statistic for post in alert.evidence.get("posts", ()) if alert.statistic]
    if not parts:
        return ""
    people = alert.evidence.get("people", 0)
    crowd = f"{people} people; " if people > 1 else ""
    return f"{crowd}{len(parts)} posts carry {sum(parts):.0%} <small>({', '.join(f'{p:.0%}' for p in parts)})</small>"


def count_table(caption: str, names: tuple[str, str], counts: Mapping[str, int], nothing: str) -> str:
    if not counts:
        return f"<h3>{escape(caption)}</h3><p>{escape(nothing)}</p>"
    return table(caption, names, [(escape(name), f"{count:,}") for name, count in counts.items()], look="counts")


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], look: str = "wide") -> str:
    """Cells are HTML already. Roles are spelled out because a phone's layout turns rows into blocks."""
    head = "".join(f'<th role="columnheader" scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(
        '<tr role="row">'
        + "".join(
            f'<td role="cell" data-label="{escape(column)}"><span>{cell}</span></td>'
            for column, cell in zip(columns, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<table role="table" class="{look}"><caption>{escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _time(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f'<time datetime="{at.isoformat()}">{at:%Y-%m-%d %H:%M}</time>'
