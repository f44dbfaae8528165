"""The hours around the newest alerts about channels: how much anger, from how many posts."""

from collections.abc import Sequence
from datetime import timedelta

from dashboards.palette import EMOTION_COLOURS, GREY
from dashboards.panel import Column, Panel, Query
from dashboards.sql import FELT
from stream.report.ask import Answer, Asker, Row
from stream.report.scene import Mark, Scene, Stretch

MOST = 4
REACH = timedelta(hours=18)
_NEWEST = """
SELECT at, channel, emotion, severity FROM dashboard.channel_alerts
WHERE subject_kind = 'channel' AND $__timeFilter(at) AND channel IN (${channel:sqlstring})
ORDER BY at DESC, id LIMIT 50
"""
_HOURS = f"""
SELECT each AS time, h.felt, h.posts - h.felt AS rest
FROM generate_series(date_trunc('hour', $__timeFrom()::timestamptz, 'UTC'), $__timeTo()::timestamptz, '1 hour') AS each
LEFT JOIN (
  SELECT hour, sum(posts) AS posts, sum({FELT}) AS felt FROM dashboard.channel_hours
  WHERE channel = ${{focus:sqlstring}} AND $__timeFilter(hour) GROUP BY hour) AS h ON h.hour = each
ORDER BY 1
"""  # noqa: S608 constants of this package


def close_ups(asker: Asker, scene: Scene) -> list[tuple[Answer, Scene]]:
    """Each with a scene of its own."""
    found = []
    alerts = asker.attempt(_NEWEST) or []  # where it fails, the table of alerts says so
    for alert in [alert for place, alert in enumerate(alerts) if not _told(alert, alerts[:place])][:MOST]:
        around = Stretch(alert["at"] - REACH, alert["at"] + REACH)
        own = Asker(asker.connection, around, asker.values).choosing(focus=alert["channel"], emotion=alert["emotion"])
        marks = tuple(
            Mark(each["at"], f"alert, {each['severity']}") for each in alerts if each["channel"] == alert["channel"]
        )
        found.append((own.ask(_panel(alert["emotion"])), Scene(around, marks, scene.names)))
    return found


def _told(alert: Row, before: Sequence[Row]) -> bool:
    """Whether the hours around an alert are those around a newer one."""
    return any(
        each["channel"] == alert["channel"] and each["emotion"] == alert["emotion"] and each["at"] - alert["at"] < REACH
        for each in before
    )


def _panel(emotion: str) -> Panel:
    return Panel(
        key="close-up",
        title="Hours around the alert in ${focus}",
        kind="bars",
        about="Posts an hour, and how much of the emotion is in them (the sum of its scores). Hours with too few "
        "people are left out.",
        queries=(Query(_HOURS, ("felt", "rest")),),
        unit="count",
        columns=(
            Column("felt", emotion.capitalize(), colour=EMOTION_COLOURS.get(emotion)),
            Column("rest", "All else", colour=GREY),
        ),
        lowest=0,
    )
