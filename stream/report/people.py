"""A card for each person alerted on: the trend, the person's own usual range, the alerts, the posts."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from html import escape
from itertools import count

from models.labels import EMOTIONS
from storage.report import AlertLine, Slot
from stream.report.chart import Axis, Mark, Plot, day_axis, day_words, draw, share_axis
from stream.report.data import ReportData
from stream.report.smooth import daily, weekly


def short(pseudonym: str) -> str:
    """The first eight characters: enough to tell people apart on a page."""
    return pseudonym[:8]


def person_cards(data: ReportData, names: "count[int]") -> str:
    if not data.people or data.first is None or data.last is None:
        return "<p>No alert is about a person.</p>"
    cards = [_card(person, alerts, data, names) for person, alerts in data.people.items()]
    return f'<div class="cards">{"".join(cards)}</div>'


def _card(person: str, alerts: Sequence[AlertLine], data: ReportData, names: "count[int]") -> str:
    emotions = dict.fromkeys(alert.emotion for alert in alerts)
    slots = data.days.get(person, [])
    charts = "".join(_trend(person, emotion, alerts, slots, data, names) for emotion in emotions)
    said = "".join(f"<li>{_alert_words(alert)}</li>" for alert in alerts)
    head = f"<h3>Person <code>{short(person)}</code> {_badge(_worst(alerts))}</h3>"
    below = _posts(person, slots, data, names)
    return f'<article class="card" id="p-{short(person)}">{head}<ul class="plain">{said}</ul>{charts}{below}</article>'


def _worst(alerts: Sequence[AlertLine]) -> str:
    present = {alert.severity for alert in alerts}
    return next(severity for severity in ("high", "medium", "low") if severity in present)


def _badge(severity: str) -> str:
    return f'<span class="badge {severity}">{severity}</span>'


def _alert_words(alert: AlertLine) -> str:
    change = ""
    if "baseline" in alert.evidence and "now" in alert.evidence:
        change = f": {alert.emotion} from {alert.evidence['baseline']:.0%} to {alert.evidence['now']:.0%} on average"
    return f"{escape(alert.rule)}, {day_words(alert.at.astimezone(UTC).date(), True)}{change}"


def _trend(
    person: str,
    emotion: str,
    alerts: Sequence[AlertLine],
    slots: Sequence[Slot],
    data: ReportData,
    names: "count[int]",
) -> str:
    column, own = EMOTIONS.index(emotion), [alert for alert in alerts if alert.emotion == emotion]
    means, weeks = daily(slots, column), weekly(slots, column)
    highest = _ceiling([value for _, value in means])
    plot = Plot()
    _usual(plot, own[-1], highest)
    plot.dots([(across(day, data), value / highest) for day, value in means], f"dot {emotion}")
    for part in weeks:
        plot.line([(across(day, data), value / highest) for day, value in part], f"line {emotion}")
    places = [moment(alert.at, data) for alert in own]
    for place in places:
        plot.moment(place, "alert")
    last = weeks[-1][-1][1] if weeks else 0.0
    return f'<p class="label"><span class="key {emotion}"></span>{emotion.capitalize()}, mean score</p>' + draw(
        names,
        plot,
        f"{emotion.capitalize()} of person {short(person)}",
        f"Daily means as dots and their seven-day mean as a line, which ends at {last:.0%}. "
        + _usual_words(own[-1])
        + " Alerts on "
        + ", ".join(day_words(alert.at.astimezone(UTC).date(), True) for alert in own)
        + ".",
        up=share_axis(highest),
        marks=[Mark(place, "▼") for place in places],
    )


def _ceiling(values: Sequence[float]) -> float:
    """The top of the axis: the next tenth above the highest value."""
    return min(1.0, max(0.2, -(-max(values, default=0.0) * 10 // 1) / 10))


def _usual(plot: Plot, alert: AlertLine, highest: float) -> None:
    """The range within which the rule would have said nothing at the moment of the alert."""
    evidence = alert.evidence
    if "baseline" not in evidence:
        plot.level(alert.threshold / highest, "baseline")
        return
    if "standard_error" in evidence:
        reach = alert.threshold * evidence["standard_error"]
        plot.band((evidence["baseline"] - reach) / highest, (evidence["baseline"] + reach) / highest, "usual")
    plot.level(evidence["baseline"] / highest, "baseline")


def _usual_words(alert: AlertLine) -> str:
    evidence = alert.evidence
    if "baseline" not in evidence:
        return f"The rule's level is {alert.threshold:.0%}."
    return f"At the alert this person's own baseline was {evidence['baseline']:.0%}."


def _posts(person: str, slots: Sequence[Slot], data: ReportData, names: "count[int]") -> str:
    """Posts a day: how much evidence there is."""
    most = max((slot.posts for slot in slots), default=1)
    width = 1 / days_of(data)
    plot = Plot()
    plot.bars(
        [(across(slot.start.date(), data) - width / 2, width * 0.8, slot.posts / most) for slot in slots], "bar posts"
    )
    assert data.first is not None
    assert data.last is not None
    total = sum(slot.posts for slot in slots)
    return '<p class="label"><span class="key posts"></span>Scored posts a day</p>' + draw(
        names,
        plot,
        f"Scored posts a day of person {short(person)}",
        f"{total} posts on {len(slots)} days, at most {most} a day.",
        up=Axis(((0.0, "0"), (1.0, str(most)))),
        along=day_axis(data.first, data.last),
        look="low",
    )


def days_of(data: ReportData) -> int:
    assert data.first is not None
    assert data.last is not None
    return (data.last - data.first).days + 1


def across(day: date, data: ReportData) -> float:
    """Where the middle of a day lies."""
    assert data.first is not None
    return ((day - data.first).days + 0.5) / days_of(data)


def moment(at: datetime, data: ReportData) -> float:
    """Where a moment lies; what is outside stands at the edge."""
    assert data.first is not None
    start = datetime(data.first.year, data.first.month, data.first.day, tzinfo=UTC)
    return min(max((at - start).total_seconds() / 86400 / days_of(data), 0.0), 1.0)
