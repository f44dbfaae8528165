"""People alerted on, read with the role that may: the severest first, each with the panels of the dashboard Person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from sqlalchemy import Connection

from dashboards.palette import EMOTION_COLOURS
from dashboards.panel import Panel
from dashboards.person.page import PERSON_PAGE
from stream.report.ask import Answer, Asker, Row, take_role
from stream.report.axes import day_words
from stream.report.colours import DARK
from stream.report.panels.nothing import sentence
from stream.report.panels.picture import drawing
from stream.report.scene import Mark, Scene, Stretch
from stream.report.words import said

MOST = 40
SERIES, POSTS = PERSON_PAGE.panel("series"), PERSON_PAGE.panel("posts")
SEVERITIES = ("high", "medium", "low")
_ALERTS = """
SELECT person::text AS person, at, rule, emotion, severity, baseline, recent
FROM person.alerts WHERE $__timeFilter(at) ORDER BY at, id
"""


@dataclass(frozen=True, slots=True)
class Person:
    """One pseudonym with its alerts, a series for each emotion they are about, and how much was written."""

    pseudonym: str
    alerts: Sequence[Row]
    series: tuple[tuple[str, Answer], ...]
    posts: Answer


@dataclass(frozen=True, slots=True)
class People:
    """Those who are shown, how many are not, and what failed."""

    scene: Scene
    shown: tuple[Person, ...] = ()
    left_out: int = 0
    failed: str | None = None

    @property
    def failures(self) -> list[str]:
        """What could not be drawn."""
        answers = [answer for person in self.shown for answer in (*(each for _, each in person.series), person.posts)]
        found = [f"People: {answer.panel.title}" for answer in answers if answer.failed]
        return [self.failed, *found] if self.failed else found


def short(pseudonym: str) -> str:
    """The first eight characters: enough to tell people apart on a page."""
    return pseudonym[:8]


def read_people(connection: Connection, stretch: Stretch, names: Iterator[int]) -> People:
    """Needs the rights of `tideline_person`."""
    take_role(connection, "tideline_person")
    asker, scene = Asker(connection, stretch, {}), Scene(stretch, (), names, card=True)
    alerts = asker.attempt(_ALERTS)
    if alerts is None:
        return People(scene, failed="People could not be read: the login may not, or the views are missing.")
    found = _worst_first(alerts)
    shown = tuple(_person(name, alerts, asker) for name, alerts in list(found.items())[:MOST])
    return People(scene, shown, len(found) - len(shown))


def people_cards(people: People) -> str:
    if people.failed:
        return sentence(people.failed)
    if not people.shown:
        return sentence("No alert of this time is about a person.")
    more = f"<p>{people.left_out:,} more people with alerts are not shown: ask for a shorter time.</p>"
    cards = "".join(_card(person, people.scene) for person in people.shown)
    return f'<div class="cards">{cards}</div>{more if people.left_out else ""}'


def _worst_first(alerts: Sequence[Row]) -> dict[str, list[Row]]:
    """People with their alerts; the severest person first, then the newest."""
    found: dict[str, list[Row]] = {}
    for alert in alerts:
        found.setdefault(alert["person"], []).append(alert)

    def rank(item: tuple[str, list[Row]]) -> tuple[int, float]:
        return min(SEVERITIES.index(each["severity"]) for each in item[1]), -item[1][-1]["at"].timestamp()

    return dict(sorted(found.items(), key=rank))


def _person(pseudonym: str, alerts: Sequence[Row], asker: Asker) -> Person:
    own = asker.choosing(person=pseudonym, emotion="")
    emotions = dict.fromkeys(alert["emotion"] for alert in alerts)
    series = tuple((emotion, own.choosing(emotion=emotion).ask(_named(emotion, pseudonym))) for emotion in emotions)
    return Person(pseudonym, alerts, series, own.ask(replace(POSTS, title=f"Posts a day of person {short(pseudonym)}")))


def _named(emotion: str, pseudonym: str) -> Panel:
    """The panel with the emotion's own colour."""
    colours = {"daily": EMOTION_COLOURS.get(emotion), "weekly": EMOTION_COLOURS.get(emotion), "baseline": DARK}
    columns = tuple(replace(column, colour=colours.get(column.name)) for column in SERIES.columns)
    return replace(SERIES, title=f"{emotion.capitalize()} of person {short(pseudonym)}", columns=columns)


def _card(person: Person, scene: Scene) -> str:
    worst = next(name for name in SEVERITIES if any(alert["severity"] == name for alert in person.alerts))
    told = "".join(f"<li>{_alert_words(alert)}</li>" for alert in person.alerts)
    charts = "".join(_series(emotion, answer, person, scene) for emotion, answer in person.series)
    posts = f'<div class="low"><p class="label">Posts a day</p>{drawing(person.posts, scene)}</div>'
    return (
        f'<article class="card" id="p-{short(person.pseudonym)}"><h3>Person <code>{short(person.pseudonym)}</code> '
        f'<span class="badge {worst}">{worst}</span></h3><ul class="plain">{told}</ul>{charts}{posts}</article>'
    )


def _series(emotion: str, answer: Answer, person: Person, scene: Scene) -> str:
    own = tuple(Mark(each["at"], each["rule"]) for each in person.alerts if each["emotion"] == emotion)
    return (
        f'<p class="label">{escape(emotion.capitalize())}, mean score</p>{drawing(answer, replace(scene, marks=own))}'
    )


def _alert_words(alert: Row) -> str:
    change = ""
    if alert["baseline"] is not None and alert["recent"] is not None:
        levels = f"{said(alert['baseline'], 'share')} to {said(alert['recent'], 'share')}"
        change = f": {alert['emotion']} from {levels} on average"
    return escape(f"{alert['rule']}, {day_words(alert['at'].date(), True)}{change}")
