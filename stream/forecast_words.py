"""How a forecast is told on a terminal and in JSON: with its intervals, and with what it is not."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from alerts.forecast.daily import Daily, Floats
from alerts.forecast.dynamics import WEEK
from alerts.forecast.foresee import Foreseen
from alerts.forecast.outlook import HORIZONS
from alerts.forecast.snapshot import load_snapshot
from models.labels import EMOTIONS
from stream.forecasting import Known

NOTE = (
    "A forecast of scores, not an alert and not a diagnosis: it goes on from past posts and knows of",
    "nothing else. No rule reads it, and nobody was told.",
)
WEEKS = 8
_BARS = "▁▂▃▄▅▆▇█"
_NO_POST = "·"


def record(known: Known, emotions: Sequence[str], stored: bool) -> dict[str, Any]:
    """As one JSON object."""
    found = known.foreseen
    return {
        "subject_kind": known.kind,
        "subject": known.subject,
        "from_day": known.day,
        "posts": int(known.history.posts.sum()),
        "days": known.history.size,
        "why_not": known.why,
        "posts_a_day": round(float(found.spoken.posts[0]), 2) if found else None,
        "days_a_week": round(float(found.spoken.days[0]), 2) if found else None,
        "version": load_snapshot().version,
        "stored": stored,
        "note": " ".join(NOTE),
        "forecasts": list(_forecasts(found, emotions)) if found else [],
    }


def _forecasts(found: Foreseen, emotions: Sequence[str]) -> Iterator[dict[str, Any]]:
    for emotion in emotions:
        for horizon in HORIZONS:
            yield {"emotion": emotion, "horizon_days": horizon} | found.of(0, horizon, emotion)._asdict()


def page(known: Known, emotions: Sequence[str]) -> Iterator[str]:
    """As lines of text."""
    posts, days = int(known.history.posts.sum()), known.history.size
    yield f"{known.kind} {known.subject}: {posts:,} scored posts on {days} days before {known.day}"
    if known.foreseen is None:
        yield f"nothing is forecast: {known.why}"
        return
    weeks = weekly(known.history, known.day)
    columns = [EMOTIONS.index(emotion) for emotion in emotions]
    highest = max(float(np.nanmax(weeks[:, columns])), 0.05)
    yield ""
    yield f"{'':<10}{f'last {WEEKS} weeks':<14}{f'next day, {known.day}':<38}{f'next week, to {_end(known.day)}'}"
    for emotion, column in zip(emotions, columns, strict=True):
        day, week = (_interval(known.foreseen, horizon, emotion) for horizon in HORIZONS)
        yield f"{emotion:<10}{sparkline(weeks[:, column], highest):<14}{day:<38}{week}"
    yield ""
    yield from _meaning(known.foreseen, highest)


def _meaning(found: Foreseen, highest: float) -> Iterator[str]:
    posts, days = found.spoken.posts[0], found.spoken.days[0]
    yield "Mean score, 0 to 1, with the interval that holds it 80 times in 100 (in brackets: 95 times),"
    yield f"for a day with {posts:.1f} posts and a week with posts on {days:.1f} days."
    yield f"Bars: one a week from 0 to {highest:.2f}; {_NO_POST} is a week without posts."
    yield from NOTE


def _end(day: date) -> date:
    return day + timedelta(days=WEEK - 1)


def _interval(found: Foreseen, horizon: int, emotion: str) -> str:
    """Such as `0.12  0.02 to 0.31  (0.00 to 0.52)`."""
    told = found.of(0, horizon, emotion)
    return f"{told.mean:.2f}  {told.low80:.2f} to {told.high80:.2f}  ({told.low95:.2f} to {told.high95:.2f})"


def weekly(history: Daily, day: date, weeks: int = WEEKS) -> Floats:
    """The mean score of each of the weeks that end before `day`, by posts; nan where there is none; (weeks, 7)."""
    end = day.toordinal()
    some = [history.before(end - WEEK * number, WEEK) for number in reversed(range(weeks))]
    nothing = np.full(len(EMOTIONS), np.nan)
    return np.array([np.average(each.means, axis=0, weights=each.posts) if each.size else nothing for each in some])


def sparkline(values: Floats, highest: float) -> str:
    """
    >>> sparkline(np.array([0.0, 0.1, np.nan, 0.35, 0.4]), 0.4)
    '▁▃·▇█'
    """
    return "".join(_NO_POST if np.isnan(value) else _BARS[_place(value / highest)] for value in values)


def _place(share: float) -> int:
    return min(int(share * len(_BARS)), len(_BARS) - 1)
