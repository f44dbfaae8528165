"""What is expected of one channel, and what was alerted on."""

from dashboards.palette import EMOTION_COLOURS, GREY, SEVERITY_COLOURS, SKY
from dashboards.panel import Annotation, Column, Panel, Query, Row
from dashboards.sql import CHANNEL, DAYS, FELT, FIRST, IN_DAYS, LAST, or_none

_SEEN = f"""
SELECT day, sum({FELT}) / nullif(sum(scored), 0) AS seen FROM dashboard.channel_days
WHERE {CHANNEL} = ${{focus:sqlstring}} AND {IN_DAYS} GROUP BY day
"""  # noqa: S608 constants of this package
_EXPECTED = f"""
SELECT (from_day + each)::timestamp AT TIME ZONE 'UTC' AS day, mean AS expected, low80, high80, low95, high95
FROM dashboard.channel_forecasts CROSS JOIN generate_series(0, horizon - 1) AS each
WHERE {CHANNEL} = ${{focus:sqlstring}} AND emotion = ${{emotion:sqlstring}}
  AND horizon = (SELECT max(horizon) FROM dashboard.channel_forecasts)
"""  # noqa: S608
FORECAST = f"""
WITH seen AS ({_SEEN}), expected AS ({_EXPECTED}),
days AS (SELECT {DAYS} AS day UNION SELECT day FROM expected)
SELECT day AS time, seen, expected, low80, high80, low95, high95
FROM days LEFT JOIN seen USING (day) LEFT JOIN expected USING (day) ORDER BY 1
"""  # noqa: S608
_ALERTS = f"""
SELECT rule, at, subject_kind AS who, CASE WHEN channel IS NOT NULL THEN {CHANNEL} END AS channel, emotion, severity,
  statistic, threshold
FROM dashboard.channel_alerts WHERE at BETWEEN {FIRST} AND {LAST}
  AND (channel IS NULL OR {CHANNEL} IN (${{channel:sqlstring}})) ORDER BY at DESC LIMIT 100
"""  # noqa: S608
_COLUMNS = ("rule", "at", "who", "channel", "emotion", "severity", "statistic", "threshold")

FORECAST_PANEL = Panel(
    key="forecast",
    title="${focus}: ${emotion}, seen and expected",
    kind="lines",
    about="The daily mean score of one emotion in one channel, and what the newest forecast expects of the mean of the "
    "coming days: the dashed line, four in five times inside the darker band, nineteen in twenty inside the lighter. "
    "The forecast is for the mean of its whole horizon, so single days stray further. No rule reads it.",
    queries=(Query(FORECAST, ("seen", "expected"), bands=(("low95", "high95"), ("low80", "high80"))),),
    unit="share",
    columns=(
        Column("seen", "Seen", colour=GREY),
        Column("expected", "Expected", colour=SKY, dashed=True),
        Column("low80", "Low 80 %"),
        Column("high80", "High 80 %"),
        Column("low95", "Low 95 %"),
        Column("high95", "High 95 %"),
    ),
    lowest=0,
)
ALERTS_PANEL = Panel(
    key="alerts",
    title="Alerts about channels and everybody",
    kind="table",
    about="Alerts of rules that watch a channel or the whole community, newest first. The statistic is what the rule "
    "measured; it raised the alert because that passed the threshold. Click a rule to see all its alerts.",
    queries=(Query(or_none(_ALERTS, _COLUMNS, "no alert in this time"), _COLUMNS, time=None),),
    columns=(
        Column("rule", "Rule", "text", href="/d/tideline-alerts?var-rule=${__data.fields.rule:percentencode}"),
        Column("at", "When", "moment"),
        Column("who", "About", "text"),
        Column("channel", "Channel", "text"),
        Column("emotion", "Emotion", "text"),
        Column("severity", "Severity", "text"),
        Column("statistic", "Statistic", "number"),
        Column("threshold", "Threshold", "number"),
    ),
)
OUTLOOK = Row("Outlook and alerts", (FORECAST_PANEL, ALERTS_PANEL))

_MARK = """
SELECT at AS time, NULL::timestamptz AS "timeEnd", {text} AS text, concat_ws(',', rule, severity) AS tags
FROM dashboard.channel_alerts WHERE {which} AND $__timeFilter(at) ORDER BY at DESC LIMIT 200
"""
SPIKES = Annotation(
    "Anger spikes",
    _MARK.format(
        text=f"concat('Anger spike in ', {CHANNEL}, ' (', severity, ')')",
        which="subject_kind = 'channel' AND emotion = 'anger'",
    ),
    EMOTION_COLOURS["anger"],
)
MOVES = Annotation(
    "Cohort moves",
    _MARK.format(
        text="concat('Everybody moved: ', emotion, ' (', severity, ')')",
        which="subject_kind = 'community'",
    ),
    SEVERITY_COLOURS["low"],
)
