"""The report as one HTML page that asks nobody for anything: no script, no font, no address."""

from html import escape
from itertools import count

from stream.report.communities import channel_cards, mix_chart
from stream.report.data import ReportData
from stream.report.people import person_cards
from stream.report.style import style
from stream.report.tables import alert_table, count_table

# The browser is told to load nothing, whatever a name on the page might contain.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
NOTE = (
    "Scores are a model's estimates of the tone of words. They are not clinical, and no probability of any illness. "
    "An alert asks a trained person to look; nothing is done to anybody automatically."
)
READING = (
    "Dots are daily means, the thick line is the mean of the last seven days. The dashed line is the person's own "
    "baseline and the band around it that person's usual range, both as they were at the latest alert (▼). "
    "A rule looks at a slower mean than this line, so that one bad week is no alert; it reports later than the eye "
    "would. Few posts make a mean jump: look at the posts below it."
)


def render(data: ReportData) -> str:
    """The whole page."""
    body = _empty() if data.empty else _full(data)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="robots" content="noindex">'
        f"<title>Tideline report</title><style>{style()}</style></head>\n<body><main>\n"
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


def _full(data: ReportData) -> str:
    names = count(1)
    left = data.left_out.get("people", 0)
    more = f"<p>{left:,} more people with alerts are not shown: choose a later --since.</p>" if left else ""
    return "\n".join(
        [
            _tiles(data),
            f"<section><h2>Communities</h2><h3>Emotions over time, all posts</h3>{mix_chart(data, names)}",
            f"<h3>Anger by channel</h3>{channel_cards(data, names)}</section>",
            f'<section><h2>People alerted on</h2><p class="label">{READING}</p>',
            f"{person_cards(data, names)}{more}</section>",
            f"<section><h2>Alerts</h2>{alert_table(data)}</section>",
            f'<section><h2>Counts</h2><div class="columns">{_counts(data)}</div></section>',
        ]
    )


def _tiles(data: ReportData) -> str:
    points = data.points
    tiles = {
        "posts stored": points["points"],
        "scored": points["scored"],
        "abstained": points["abstained"],
        "set aside": sum(data.dead_letters.values()),
        "people": points["people"],
        "people alerted on": len(data.people) + data.left_out.get("people", 0),
        "alerts": len(data.alerts) + data.left_out.get("alerts", 0),
    }
    items = "".join(f"<li><b>{value:,}</b>{escape(name)}</li>" for name, value in tiles.items())
    return f'<ul class="tiles">{items}</ul>'


def _counts(data: ReportData) -> str:
    parts = [
        count_table("Alerts by rule", ("Rule", "Alerts"), data.by_rule, "No rule was passed."),
        count_table("Set aside, by reason", ("Reason", "Messages"), data.dead_letters, "Nothing was set aside."),
        count_table("Webhooks", ("State", "Webhooks"), data.outbox, "There was nothing to send."),
        count_table("Posts by model", ("Model", "Posts"), data.models, "Nothing was scored."),
    ]
    return "".join(f"<div>{part}</div>" for part in parts)


def _span(data: ReportData) -> str:
    if data.first is None or data.last is None:
        return "No posts so far."
    since = " Charts and alerts begin there, as asked; the counts are of everything stored." if data.since else ""
    return f"Posts from {data.first:%-d %B %Y} to {data.last:%-d %B %Y}, days in UTC.{since}"


def _made(data: ReportData) -> str:
    return (
        f"Made on {data.made_at:%Y-%m-%d at %H:%M} UTC by <code>tideline report</code>. It holds no words of anybody "
        "and no account names: people appear under pseudonyms. Handle it as you would handle a case file."
    )
