"""How numbers and moments are said on the page."""

from datetime import UTC, datetime
from typing import Any

from dashboards.panel import Unit

NOTHING = "–"
_SPANS = ((172_800.0, 86_400.0, "d"), (7_200.0, 3_600.0, "h"), (120.0, 60.0, "min"))


def said(value: Any, unit: Unit) -> str:
    """One value of a panel. Spaces before units do not break.

    >>> said(0.123, "share"), said(26201, "count"), said(5400.0, "seconds"), said(None, "share")
    ('12\\xa0%', '26,201', '90\\xa0min', '–')
    """
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"
    if isinstance(value, str) or unit in ("text", "moment"):
        return named(value)
    return _number(float(value), unit)


def _number(value: float, unit: Unit) -> str:
    match unit:
        case "share":
            return f"{value * 100:.{_digits(value * 100)}f}\u00a0%"
        case "score":
            return f"{value:.2f}"
        case "seconds":
            return _span(value)
        case "days":
            return f"{value:,.3g}\u00a0days"
        case "per_hour":
            return f"{value:,.3g} an hour"
        case "count":
            return f"{value:,.0f}"
        case _:
            return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def named(text: object) -> str:
    """A text as a name: what has none, such as the channel of posts that name no channel, is called so."""
    return str(text) or "(none)"


def _digits(value: float) -> int:
    """Small shares have one digit more, and nothing at all has none.

    >>> _digits(0.4), _digits(0.0), _digits(31.0)
    (1, 0, 0)
    """
    return 1 if 0 < abs(value) < 9.95 else 0


def _span(seconds: float) -> str:
    for least, size, name in _SPANS:
        if abs(seconds) >= least:
            return f"{seconds / size:,.0f}\u00a0{name}"
    return f"{seconds:.3g}\u00a0s"
