"""The message to the operators about a day on which the input changed. No words, no names, no pseudonyms."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from storage.deliveries import Message
from storage.drift import DayRow

KIND = "drift.detected"
_LISTED = 20


def message(day: date, rows: Sequence[DayRow], link: str) -> Message:
    """One a day, whatever is found; its id is the day's, so that it is told once."""
    found = [_found(row) for row in rows[:_LISTED]]
    data = {
        "day": day.isoformat(),
        "count": len(rows),
        "why": "; ".join(dict.fromkeys(f"{row.measure} {row.part}".strip() for row in rows[:5])),
        "found": found,
        "show": f"tideline drift show --until {day.isoformat()} --out drift.html",
    }
    at = datetime.combine(day, time.max, UTC).replace(microsecond=0)
    payload = {"type": KIND, "timestamp": at.isoformat(), "data": data | ({"link": link} if link else {})}
    return Message(f"drift-{day.isoformat()}", KIND, payload, "medium", "operators")


def _found(row: DayRow) -> dict[str, str | float]:
    value, usual = row.shown
    figures = {"value": round(value, 4), "usual": round(usual or 0.0, 4), "people": row.people}
    return {"measure": row.measure, "part": row.part, **figures}
