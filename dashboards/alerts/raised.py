"""What was raised: how much, by which rule, how severe, and how long the telling took."""

from dashboards.palette import AMBER, BLUE, GREY, SEVERITY_COLOURS
from dashboards.panel import Annotation, Column, Panel, Query, Row
from dashboards.sql import DAYS, FIRST, LAST, day_of, or_none

CHOSEN = "rule IN (${rule:sqlstring})"
RAISED = f"created_at BETWEEN {FIRST} AND {LAST} AND {CHOSEN}"
DAY = day_of("created_at")
CLOCK = "Days are those on which the alert was raised (UTC), not those of the posts."

_TOTALS = f"""
SELECT count(*) AS alerts, count(*) FILTER (WHERE severity = 'high') AS high,
  count(*) FILTER (WHERE cohort) AS cohort,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY delay_seconds) AS delay
FROM dashboard.alerts WHERE {RAISED}
"""  # noqa: S608 constants of this package
_BY_RULE = f"""
WITH sums AS (SELECT {DAY} AS day, rule, count(*) AS alerts FROM dashboard.alerts WHERE {RAISED} GROUP BY 1, 2),
rules AS (SELECT coalesce(nullif(each, ''), 'none') AS rule FROM unnest(ARRAY[${{rule:sqlstring}}]) AS each)
SELECT days.day AS time, rule AS metric, coalesce(sums.alerts, 0) AS alerts
FROM {DAYS} AS days(day) CROSS JOIN rules LEFT JOIN sums USING (day, rule) ORDER BY 1, 2
"""  # noqa: S608
_BY_SEVERITY = f"""
WITH sums AS (SELECT {DAY} AS day, severity, count(*) AS alerts FROM dashboard.alerts WHERE {RAISED} GROUP BY 1, 2)
SELECT days.day AS time, coalesce(sum(alerts) FILTER (WHERE severity = 'low'), 0) AS low,
  coalesce(sum(alerts) FILTER (WHERE severity = 'medium'), 0) AS medium,
  coalesce(sum(alerts) FILTER (WHERE severity = 'high'), 0) AS high
FROM {DAYS} AS days(day) LEFT JOIN sums USING (day) GROUP BY 1 ORDER BY 1
"""  # noqa: S608
_DELAY = f"""
WITH daily AS (
  SELECT {DAY} AS day, count(delay_seconds) AS told,
    percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY delay_seconds) AS parts
  FROM dashboard.alerts WHERE {RAISED} GROUP BY 1)
SELECT days.day AS time, coalesce(told, 0) AS told, parts[1] AS half, parts[2] AS most
FROM {DAYS} AS days(day) LEFT JOIN daily USING (day) ORDER BY 1
"""  # noqa: S608
_TOLD = f"""
SELECT coalesce(outbox_state, 'all') AS state, count(*) AS alerts
FROM dashboard.alerts WHERE {RAISED} GROUP BY ROLLUP (outbox_state) ORDER BY 2 DESC, 1
"""  # noqa: S608
_LIST = f"""
SELECT rule, at, created_at, subject_kind AS who, emotion, severity, outbox_state, case_state, cohort
FROM dashboard.alerts WHERE {RAISED} ORDER BY created_at DESC, at DESC, rule LIMIT 200
"""  # noqa: S608
_COLUMNS = ("rule", "at", "created_at", "who", "emotion", "severity", "outbox_state", "case_state", "cohort")

SUMMARY = Panel(
    key="summary",
    title="Raised in this time",
    kind="stat",
    about=f"Alerts raised, how many of them are severe, how many came while everybody was moved (these are tagged and "
    f"can be muted), and the median time from raising an alert to its first delivered webhook. {CLOCK}",
    queries=(Query(_TOTALS, ("alerts", "high", "cohort", "delay"), time=None),),
    columns=(
        Column("alerts", "Alerts", "count", BLUE),
        Column("high", "High severity", "count", SEVERITY_COLOURS["high"]),
        Column("cohort", "In a cohort move", "count", GREY),
        Column("delay", "Median delay", "seconds", GREY),
    ),
    high=4,
    wide=24,
)
BY_RULE = Panel(
    key="by-rule",
    title="Alerts by rule",
    kind="bars",
    about=f"How many alerts each rule raised on each day. A rule that suddenly raises many has met an event or a "
    f"change of model; look at its precision below before you look at people. {CLOCK}",
    queries=(Query(_BY_RULE, ("alerts",), series="metric"),),
    unit="count",
    lowest=0,
)
BY_SEVERITY = Panel(
    key="by-severity",
    title="Alerts by severity",
    kind="bars",
    about=f"The same alerts by how far the rule's threshold was passed. {CLOCK}",
    queries=(Query(_BY_SEVERITY, ("low", "medium", "high")),),
    unit="count",
    columns=tuple(
        Column(name, name.capitalize(), "count", SEVERITY_COLOURS[name]) for name in ("low", "medium", "high")
    ),
    lowest=0,
)
DELAY = Panel(
    key="delay",
    title="From alert to first delivery",
    kind="lines",
    about="How long it took until an endpoint accepted the first webhook: half of them were faster than the one line, "
    "95 of 100 faster than the other. Dots count the alerts that were delivered. No line: nothing was delivered.",
    queries=(Query(_DELAY, ("half", "most", "told")),),
    unit="seconds",
    columns=(
        Column("half", "Median", colour=BLUE),
        Column("most", "95 of 100", colour=AMBER, dashed=True),
        Column("told", "Delivered alerts", "count", GREY, right=True, points=True),
    ),
    lowest=0,
)
TOLD = Panel(
    key="told",
    title="What became of them",
    kind="ranks",
    about="Alerts by the state of their message: pending ones wait, held and silenced ones are kept from being sent.",
    queries=(Query(_TOLD, ("alerts",), time=None, x="state"),),
    unit="count",
)
LIST = Panel(
    key="list",
    title="Newest alerts",
    kind="table",
    about="The newest alerts of the chosen rules. They name no person here: whoever may look at people finds them "
    "on the dashboard Person.",
    queries=(Query(or_none(_LIST, _COLUMNS, "no alert in this time"), _COLUMNS, time=None),),
    columns=(
        Column(
            "rule",
            "Rule",
            "text",
            href="/d/tideline-alerts?var-rule=${__data.fields.rule:percentencode}&${__url_time_range}",
        ),
        Column("at", "When it happened", "moment"),
        Column("created_at", "Raised", "moment"),
        Column("who", "About", "text"),
        Column("emotion", "Emotion", "text"),
        Column("severity", "Severity", "text"),
        Column("outbox_state", "Message", "text"),
        Column("case_state", "Case", "text"),
        Column("cohort", "Cohort move", "text"),
    ),
    wide=24,
)
RAISED_ROW = Row("Raised", (SUMMARY, BY_RULE, BY_SEVERITY, DELAY, TOLD, LIST))

MOVES = Annotation(
    "Cohort moves",
    """
SELECT created_at AS time, NULL::timestamptz AS "timeEnd", concat('Everybody moved: ', emotion) AS text,
  concat_ws(',', rule, severity) AS tags
FROM dashboard.alerts WHERE subject_kind = 'community' AND $__timeFilter(created_at) ORDER BY created_at DESC LIMIT 200
""",
    SEVERITY_COLOURS["low"],
)
