"""The report as one HTML page that asks nobody for anything: no script, no font, no address."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from stream.report.data import ReportData
from stream.report.panels.picture import fitted, picture, width
from stream.report.people import people_cards
from stream.report.scene import Stretch
from stream.report.sections import Drawn, Section
from stream.report.style import style

# The browser is told to load nothing, whatever a name on the page might contain.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
NOTE = (
    "Scores are a model's estimates of the tone of words. They are not clinical, and no probability of any illness. "
    "An alert asks a trained person to look; nothing is done to anybody automatically."
)
READING = (
    "Dots are daily means, the thick line is the mean of the posts of seven days. The dashed line is the person's own "
    "baseline, the mean of the sixty days before, and the band around it where such a line usually lies: two standard "
    "errors. ▼ marks alerts. "
    "A rule looks at a slower mean than this line, so that one bad week is no alert; it reports later than the eye "
    "would. Few posts make a mean jump: look at the posts below it, a bar a day "
    "and their mean of seven days."
)
_AFTER = "tideline-alerts"  # people follow the alerts


def render(data: ReportData) -> str:
    """The whole page."""
    body = _empty() if data.empty else "\n".join([_navigation(data), *_sections(data)])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="robots" content="noindex">'
        f'<title>Tideline report</title><style>{style()}</style></head>\n<body><main id="top">\n'
        f'<h1>Tideline report</h1>\n<p>{_span(data)}</p>\n<p class="note">{NOTE}</p>\n{body}\n'
        f"<footer><p><small>{_made(data)}</small></p></footer></main></body></html>\n"
    )


def _empty() -> str:
    return (
        "<h2>Nothing is stored yet</h2><p>When posts have been scored, this page shows how the emotions of "
        "communities and of people alerted on went over time. To begin: <code>tideline up</code>, "
        "<code>tideline worker</code>, and <code>tideline replay FILE.csv</code>; "
        "or <code>tideline demo</code> for everything at once on a sample.</p>"
    )


def _sections(data: ReportData) -> Iterator[str]:
    for section in data.sections:
        yield _section(section)
        if section.dashboard.uid == _AFTER and data.people:
            yield (
                f'<section id="people"><h2>People alerted on</h2>{_clock(data.people.scene.stretch)}'
                f'<p class="label">{READING}</p>{people_cards(data.people)}{_TOP}</section>'
            )


_TOP = '<p class="label"><a href="#top">Up to the top</a></p>'


def _section(section: Section) -> str:
    rows = "".join(
        f'<h3>{escape(title)}</h3><div class="panels">{_panels(drawn)}</div>' for title, drawn in section.rows
    )
    board = section.dashboard
    return (
        f'<section id="{_anchor(section)}"><h2>{escape(board.title)}</h2><p>{escape(board.about)}</p>'
        f"{_clock(section.scene.stretch)}{_marked(section)}{rows}{_TOP}</section>"
    )


def _panels(drawn: Sequence[Drawn]) -> str:
    widths = fitted([width(answer) for answer, _ in drawn])
    told: set[str] = set()  # a panel that is drawn for several channels is explained once
    parts = []
    for (answer, scene), wide in zip(drawn, widths, strict=True):
        parts.append(picture(answer, scene, wide, explained=answer.panel.key not in told))
        told.add(answer.panel.key)
    return "".join(parts)


def _marked(section: Section) -> str:
    found = ", ".join(f"{sign} {escape(name)} ({count:,})" for sign, name, count in section.legend)
    return f'<p class="label">Marked over the charts: {found}.</p>' if found else ""


def _clock(stretch: Stretch) -> str:
    span = f"{_moment(stretch.since)} to {_moment(stretch.until)} UTC"
    if stretch.clock == "event":
        return f'<p class="clock">Time of the posts: when they were written. {span}.</p>'
    return (
        f'<p class="clock">Time of the work: the clock of the machine, not of the posts. {span}, '
        "since the first batch or for thirty days.</p>"
    )


def _navigation(data: ReportData) -> str:
    links = [(section.dashboard.title, _anchor(section)) for section in data.sections]
    if data.people:
        links.insert(2, ("People", "people"))
    items = "".join(f'<li><a href="#{anchor}">{escape(title)}</a></li>' for title, anchor in links)
    return f'<nav aria-label="Sections"><ul>{items}</ul></nav>'


def _anchor(section: Section) -> str:
    return section.dashboard.uid.removeprefix("tideline-")


def _span(data: ReportData) -> str:
    first, last, wanted = data.extent.first, data.extent.last, data.wanted
    if first is None or last is None:
        return "No posts so far."
    parts = [f"Posts are stored from {first:%-d %B %Y} to {last:%-d %B %Y}; days are those of UTC."]
    if wanted.since or wanted.until:
        parts.append(f"Shown, as asked: {_moment(data.stretch.since)} to {_moment(data.stretch.until)} UTC.")
    if wanted.channels:
        names = escape(", ".join(wanted.channels))
        parts.append(f"Charts of channels show {names} alone; everything else is about all posts.")
    if not wanted.people:
        parts.append("Nothing about any person was read.")
    return " ".join(parts)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d}" if not (at.hour or at.minute) else f"{at:%Y-%m-%d %H:%M}"


def _made(data: ReportData) -> str:
    rights = "" if not data.own_rights else " It was read with the rights of the login, not of the dashboards' roles."
    people = ": people appear under pseudonyms. Handle it as you would handle a case file." if data.people else "."
    return (
        f"Made on {data.made_at:%Y-%m-%d at %H:%M} UTC by <code>tideline report</code>. It holds no words of anybody "
        f"and no account names{people}{rights}"
    )
