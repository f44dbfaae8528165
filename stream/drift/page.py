"""The drift page: one small chart for each measure, what is usual dashed, and a mark where it drifted."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from html import escape
from itertools import count

from dashboards.panel import Unit
from storage.drift import DayRow, Key
from stream.report.axes import scale, time_axis
from stream.report.chart import Flag, Frame, Place, Plot, draw
from stream.report.style import style
from stream.report.words import said

TITLES = {
    "abstained": "Posts that got no score",
    "language": "Share of the language",
    "emotion": "Mean score",
    "length": "Words in a post",
    "unknown": "Words that no training row held",
    "training emotions": "Emotions, unlike the training rows",
    "training lengths": "Lengths, unlike the training rows",
    "training words": "Unknown words, beside the training rows",
}
UNITS: dict[str, Unit] = {"length": "number", "training emotions": "number", "training lengths": "number"}
HALF_A_DAY = timedelta(hours=12)
_ABOUT = (
    "Every person counts once a day, however much is posted. The dashed line is the usual level: the median of the 28 "
    "days before, or what the training rows had. A mark says that a day differs by more than chance and by more than "
    "a little. For “unlike the training rows” 0 is alike, 0.1 a little unlike, and from 0.25 on it is marked."
)


def render(rows: Sequence[DayRow]) -> str:
    """One self-contained page. It needs no network and runs no script."""
    charts = "".join(_cards(rows)) or "<p>No day has been judged yet: run <code>tideline drift check</code>.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Drift of the input</title>'
        f"<style>{style()}</style></head><body><h1>Drift of the input</h1><p>{_span(rows)}</p><p>{escape(_ABOUT)}</p>"
        f'<div class="cards">{charts}</div></body></html>\n'
    )


def value_words(row: DayRow) -> tuple[str, str]:
    """Value and usual, said."""
    unit = UNITS.get(row.measure, "share")
    value, usual = row.shown
    return said(value, unit), said(usual, unit)


def _span(rows: Sequence[DayRow]) -> str:
    if not rows:
        return ""
    return f"{rows[0].day} to {rows[-1].day}, days in UTC"


def _cards(rows: Sequence[DayRow]) -> Iterator[str]:
    names = count()
    by_key: dict[Key, list[DayRow]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    drifted = {key for key, days in by_key.items() if any(row.drifted for row in days)}
    for key in sorted(by_key, key=lambda key: (key not in drifted, list(TITLES).index(key.measure), key.part)):
        yield _card(by_key[key], names)


def _card(days: Sequence[DayRow], names: Iterator[int]) -> str:
    title = f"{TITLES[days[0].measure]}: {days[0].part}".removesuffix(": ")
    marked = [row for row in days if row.drifted]
    note = f"{len(marked)} marked, first {marked[0].day}" if marked else "as usual"
    last = f"{days[-1].day}: {value_words(days[-1])[0]} of {days[-1].people:,} people"
    return (
        f'<section class="card"><h3>{escape(title)}</h3><p class="label">{escape(last)}; {note}</p>'
        f"{_chart(days, title, names)}</section>"
    )


def _chart(days: Sequence[DayRow], title: str, names: Iterator[int]) -> str:
    unit = UNITS.get(days[0].measure, "share")
    pairs = [row.shown for row in days]
    up = scale([value for pair in pairs for value in pair if value is not None], unit)
    begin, end = _noon(days[0]) - HALF_A_DAY, _noon(days[-1]) + HALF_A_DAY  # a mark on the last day is seen whole
    length = (end - begin).total_seconds()
    places = [(_noon(row) - begin).total_seconds() / length for row in days]
    plot = Plot()
    usual: list[Place] = [(x, up(pair[1])) for x, pair in zip(places, pairs, strict=True) if pair[1] is not None]
    plot.line(usual, "line dashed grey")
    plot.line([(x, up(pair[0])) for x, pair in zip(places, pairs, strict=True)], "line blue")
    drifted = [(x, up(pair[0]), row) for x, pair, row in zip(places, pairs, days, strict=True) if row.drifted]
    plot.dots([(x, y) for x, y, _ in drifted], "dot whole red")
    flags = tuple(Flag(x, f"{row.day}: {' beside '.join(value_words(row))}") for x, _, row in drifted if row.told)
    description = f"From {value_words(days[0])[0]} on {days[0].day} to {value_words(days[-1])[0]} on {days[-1].day}."
    return draw(names, plot, title, description, Frame(up.axis(), time_axis(begin, end), flags=flags))


def _noon(row: DayRow) -> datetime:
    return datetime.combine(row.day, time(12), UTC)
