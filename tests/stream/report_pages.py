"""A database worth a report, and a look at the page that is made of it."""

import re
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

import orjson
from sqlalchemy import Engine

from tests.stream.helpers import NOW, batches, make_pipeline, record, spike, tick, to_log

CANARY = "zanzibar-marmalade-canary"
LARGE = 'trains <b>"odd"</b> & co'  # eight people a day
MIDDLE = "six-people"  # left out with the small one: their difference would show it
SMALL = "room-of-one"
START = NOW - timedelta(days=70)
DAYS = 60
VOID = {"meta", "br", "hr", "img", "input", "link"}


def fill(engine: Engine) -> None:
    """A steady history, somebody whose sadness rises, an angry hour, a bad row, and canaries throughout."""
    posts = [post for day in range(DAYS) for post in _day(day)]
    posts += [post | {"channel": LARGE} for post in spike(50_000, START + timedelta(days=50, hours=15))]
    posts.sort(key=lambda post: str(post["sent_at"]))
    bad = orjson.dumps({"bad_row": {"file": "x.csv", "line": 3, "reason": "too few columns", "raw": CANARY}})
    pipeline = make_pipeline(engine)
    for batch in batches(to_log([*posts, bad, tick(NOW - timedelta(hours=1))]), 800):
        pipeline.process(batch)


def _day(day: int) -> list[dict[str, Any]]:
    sad = "i feel so sad hopeless and lonely" if day > 40 else "the table is made of wood"
    drifter = f"drifter {CANARY}"
    return [
        *(_post(day, number, drifter, SMALL, f"{text} {CANARY}") for number, text in enumerate((sad, sad, "a table"))),
        *(_post(day, 10 + number, f"calm-{number}", LARGE, "the table is made of wood") for number in range(8)),
        *(_post(day, 20 + number, f"quiet-{number}", MIDDLE, "the chair is made of wood") for number in range(6)),
    ]


def _post(day: int, number: int, author: str, channel: str, words: str) -> dict[str, Any]:
    at = START + timedelta(days=day, hours=number % 12)
    text = f"{words} {day} {number}"
    return record(1_000 + 100 * day + number, author=author, sent_at=at.isoformat(), channel=channel, text=text)


def panel(html: str, title: str) -> str:
    """One panel of the page."""
    begin = html.index(f"<h4>{title}</h4>")
    return html[begin : html.index("</article>", begin)]


def figures(part: str) -> dict[str, str]:
    """The figures of a panel by their names, from its tiles and its legend."""
    tiles = re.findall(r"<li><b>([^<]+)</b>(?:<span[^>]*></span>)?([^<]+)", part)
    keys = re.findall(r"</span>([^<]+) <b>([^<]+)</b></li>", part)
    return {unescape(name).strip(): value for value, name in tiles} | {unescape(name): value for name, value in keys}


def cells(part: str) -> list[list[str]]:
    """The rows of a panel's table."""
    rows = re.findall(r'<tr role="row">(.*?)</tr>', part)
    return [[unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall(r"<td.*?</td>", row)] for row in rows][1:]


class WellFormed(HTMLParser):
    """Follows the open elements and collects ids, references and words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.captions = self.tables = self.drawings = self.titles = self.descriptions = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "aria-labelledby":
                self.references += (value or "").split()
            if name == "href":
                self.references.append((value or "").removeprefix("#"))
        self.captions += tag == "caption"
        self.tables += tag == "table"
        self.drawings += tag == "svg"
        self.titles += tag == "title" and "svg" in self.open
        self.descriptions += tag == "desc"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Shapes close themselves."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)
