"""The figures of spike rules as a page of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def page(found: dict[str, Any]) -> Iterator[str]:
    """A line for each rule, track and budget, then what the false alerts were for."""
    size = found["channels"]
    yield f"{found['model']} on {found['data']['source']}, {size['channels']} channels × {size['days']} days"
    yield f"  seeds {', '.join(map(str, found['seeds']))}; rules of {found['rules']['file']}"
    yield from (f"  note: {note}" for note in found["data"]["notes"])
    yield ""
    wide = max(len(row["rule"]) for row in found["rows"]) + 2
    yield (
        f"{'rule':<{wide}}{'track':<10}{'budget':>7}{'threshold':>10}{'precision':>10}{'recall':>8}{'F1':>7}"
        f"{'false/month':>13}{'minutes':>9}"
    )
    yield from (_line(row, wide) for row in found["rows"])
    yield ""
    yield from (_closer(row) for row in found["rows"])


def _line(row: dict[str, Any], wide: int) -> str:
    delay = row["median_delay_minutes"]
    return (
        f"{row['rule']:<{wide}}{row['track']:<10}{_budget(row):>7}{row['threshold']:>10.3g}{row['precision']:>10.3f}"
        f"{row['recall']:>8.3f}{row['f1']:>7.3f}{row['false_per_channel_month']:>13.3f}"
        f"{'-' if delay is None else format(delay, '.0f'):>9}"
    )


def _budget(row: dict[str, Any]) -> str:
    return "own" if row["budget"] is None else f"{row['budget']:g}"


def _closer(row: dict[str, Any]) -> str:
    false = ", ".join(f"{kind} {count}" for kind, count in sorted(row["false"].items())) or "none"
    counts = f"found {row['found']} of {row['spikes']} spikes; false: {false}"
    return f"{row['rule']}, {row['track']}, budget {_budget(row)}: {counts}"
