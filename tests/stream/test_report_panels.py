"""Each kind of panel can be drawn, whatever its rows are, in colours that have a name, a contrast and a dark twin."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from dashboards.panel import Column, Kind, Panel, Query
from dashboards.person.page import PERSON_PAGE
from storage.report import Extent
from stream.report.ask import Answer
from stream.report.colours import NAMES
from stream.report.data import DASHBOARDS
from stream.report.panels.picture import picture
from stream.report.scene import Mark, Scene, Stretch
from stream.report.series import over_time
from stream.report.slots import MOST, thinned
from stream.report.stretches import event_stretch, step, wall_stretch
from stream.report.style import style
from stream.report.wanted import EVERYTHING, Wanted
from tests.stream.report_pages import WellFormed

START = datetime(2025, 3, 3, tzinfo=UTC)
KINDS: tuple[Kind, ...] = get_args(Kind)
DAY = timedelta(days=1)


def _panel(kind: Kind, **changes: Any) -> Panel:
    over = {"time": None, "x": "at"} if kind in ("ranks", "curve") else {"time": "at"}
    query = Query("SELECT 1", ("a", "b"), bands=(("low", "high"),), **over)
    columns = (Column("a", "First"), Column("b", "Second", right=kind in ("lines", "curve"), points=kind == "bars"))
    return Panel("key", "A title", kind, "How to read it.", (query,), unit="count", columns=columns, **changes)


def _rows(kind: Kind, count: int, step: timedelta = DAY) -> list[dict[str, Any]]:
    values = ({"a": number % 7 + 1, "b": number, "low": 0, "high": 9} for number in range(count))
    return [
        {"at": f"row {number}" if kind == "ranks" else number / 10 if kind == "curve" else START + number * step, **row}
        for number, row in enumerate(values)
    ]


def _scene(days: int = 30) -> Scene:
    return Scene(Stretch(START, START + days * DAY), (Mark(START + DAY, "an alert <here>"),))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [0, 1, 30, 900])
def test_a_panel_is_drawn_whatever_its_kind_and_length(kind: Kind, count: int) -> None:
    html = picture(Answer(_panel(kind), (_rows(kind, count),)), _scene(), 12)
    assert "A title" in html
    assert not WellFormed(html).wrong
    if kind != "note":
        assert ("Nothing" in html) == (count == 0)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_without_values_are_a_sentence_or_dashes(kind: Kind) -> None:
    rows = [{**row, "a": None, "b": None, "low": None, "high": None} for row in _rows(kind, 3)]
    html = picture(Answer(_panel(kind), (rows,)), _scene(), 12)
    assert not WellFormed(html).wrong
    assert "Nothing" in html or "–" in html or kind == "note"


def test_what_nobody_may_see_is_a_blank_and_not_a_zero() -> None:
    query = Query("SELECT a FROM dashboard.community_hours", ("a",), time="at")
    rows = [{"at": START + day * DAY, "a": None if 3 <= day < 6 else 0.5} for day in range(10)]
    html = picture(Answer(Panel("key", "A title", "lines", "", (query,), unit="share"), (rows,)), _scene(10), 12)
    assert 'class="blank" d="M300 100V0h300V100z"' in html
    assert "nobody wrote, or too few people to be shown" in html
    assert html.count('class="line') == 2


def test_many_slots_become_few_and_nothing_is_lost() -> None:
    answer = Answer(_panel("bars"), (_rows("bars", 5_000),))
    whole, few = over_time(answer), thinned(over_time(answer), additive=True)
    assert len(few.places) <= MOST
    assert sum(few.series[0].known) == sum(whole.series[0].known)


def test_a_long_time_has_long_steps() -> None:
    spans = {days: step(Stretch(START, START + days * DAY)) for days in (2, 20, 70, 4_000)}
    assert spans == {2: "1 hour", 20: "6 hours", 70: "1 day", 4_000: "7 days"}


def test_the_time_of_posts_does_not_limit_the_time_of_work_elsewhere() -> None:
    now = START + 500 * DAY
    extent = Extent(START, START + 9 * DAY, now - DAY)
    event = event_stretch(extent, EVERYTHING)
    assert (event.since, event.until) == (START, START + 10 * DAY)
    assert event_stretch(extent, Wanted(since=START - 900 * DAY, until=now)) == event
    replayed = wall_stretch(extent, Wanted(since=START, until=START + DAY), now)
    assert replayed.since < now - DAY < now < replayed.until
    live = wall_stretch(extent, Wanted(since=now - timedelta(hours=3)), now)
    assert live.since == now - timedelta(hours=3)
    assert wall_stretch(Extent(START, START, START), EVERYTHING, now).since == now - 30 * DAY


def test_every_colour_of_the_dashboards_has_a_name_and_a_dark_twin() -> None:
    colours = {column.colour for board in (*DASHBOARDS, PERSON_PAGE) for one in board.panels for column in one.columns}
    assert {colour for colour in colours if colour} <= NAMES.keys()
    light, dark = _variables()
    assert light.keys() == dark.keys()


def test_words_are_readable_on_light_and_on_dark() -> None:
    for variables in _variables():
        for words in ("ink", "faint", "link"):
            for ground in ("paper", "raised"):
                assert _contrast(variables[words], variables[ground]) >= 4.5, (words, ground)


def _variables() -> tuple[dict[str, str], dict[str, str]]:
    light, dark = style().split("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"--([\w-]+): (#\w+)", part.split("} }")[0])) for part in (light, dark)]
    return found[0], found[1]


def _contrast(one: str, other: str) -> float:
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
