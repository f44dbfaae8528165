"""Whom the page is about, and who has alerts at all."""

from dashboards.palette import BLUE, GREY, RED
from dashboards.panel import Column, Panel, Query, Row
from dashboards.sql import FIRST, LAST, or_none

_UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
PERSON = f"(CASE WHEN ${{person:sqlstring}} ~ '{_UUID}' THEN ${{person:sqlstring}} END)::uuid"
"""Null, and no error, while something else is typed."""
SUBJECT = f"({PERSON})::text"
"""The same as alerts name their subject."""

_SUMMARY = f"""
SELECT count(*) AS days, coalesce(sum(posts), 0) AS posts,
  sum(abstained)::float8 / nullif(sum(posts), 0) AS abstained,
  (SELECT count(*) FROM person.alerts WHERE person = {SUBJECT} AND at BETWEEN {FIRST} AND {LAST}) AS alerts
FROM person.days WHERE person = {PERSON} AND day BETWEEN {FIRST} AND {LAST}
"""  # noqa: S608 constants of this package
# looks back a day, two days, four, until fifty people are found: nobody reads half a year for the newest fifty
_NEWEST = f"""
WITH RECURSIVE spans AS (
  SELECT greatest({LAST} - interval '1 day', {FIRST}) AS since
  UNION ALL
  SELECT greatest({LAST} - 2 * ({LAST} - since), {FIRST}) FROM spans WHERE since > {FIRST}
    AND (SELECT count(DISTINCT person) FROM person.alerts WHERE at BETWEEN since AND {LAST}) < 50),
people AS (
  SELECT person, max(at) AS newest FROM person.alerts WHERE at BETWEEN (SELECT min(since) FROM spans) AND {LAST}
  GROUP BY person ORDER BY newest DESC, person LIMIT 50)
SELECT people.person, newest, alerts, rules, emotions FROM people CROSS JOIN LATERAL (
  SELECT count(*) AS alerts, string_agg(DISTINCT rule, ', ') AS rules, string_agg(DISTINCT emotion, ', ') AS emotions
  FROM person.alerts AS own WHERE own.person = people.person AND at BETWEEN {FIRST} AND {LAST}) AS words
ORDER BY newest DESC, person
"""  # noqa: S608
_NEWEST_COLUMNS = ("person", "newest", "alerts", "rules", "emotions")
_ALERTS = f"""
SELECT rule, at, emotion, severity, statistic, threshold, baseline, recent
FROM person.alerts WHERE person = {SUBJECT} AND at BETWEEN {FIRST} AND {LAST} ORDER BY at DESC LIMIT 200
"""  # noqa: S608
_ALERT_COLUMNS = ("rule", "at", "emotion", "severity", "statistic", "threshold", "baseline", "recent")

SUMMARY = Panel(
    key="summary",
    title="In this time",
    kind="stat",
    about="Days on which the person wrote, posts, the share that was not scored, and alerts.",
    queries=(Query(_SUMMARY, ("days", "posts", "abstained", "alerts"), time=None),),
    columns=(
        Column("days", "Days with posts", "count", BLUE),
        Column("posts", "Posts", "count", BLUE),
        Column("abstained", "Not scored", "share", GREY),
        Column("alerts", "Alerts", "count", RED),
    ),
    high=4,
    wide=24,
)
NEWEST = Panel(
    key="newest",
    title="People with alerts",
    kind="table",
    about="People about whom a rule raised an alert in this time, the newest first. Click a pseudonym to see its "
    "series. Whoever has no alert is not listed: there is nothing to look up.",
    queries=(Query(or_none(_NEWEST, _NEWEST_COLUMNS, "nobody in this time"), _NEWEST_COLUMNS, time=None),),
    columns=(
        Column(
            "person",
            "Person",
            "text",
            href="/d/tideline-person?var-person=${__data.fields.person:percentencode}&${__url_time_range}",
        ),
        Column("newest", "Newest alert", "moment"),
        Column("alerts", "Alerts", "count"),
        Column("rules", "Rules", "text"),
        Column("emotions", "Emotions", "text"),
    ),
)
ALERTS = Panel(
    key="alerts",
    title="This person's alerts",
    kind="table",
    about="What each rule measured, what it had to pass, the level before (baseline) and the level then (recent).",
    queries=(Query(or_none(_ALERTS, _ALERT_COLUMNS, "no alert in this time"), _ALERT_COLUMNS, time=None),),
    columns=(
        Column("rule", "Rule", "text", href="/d/tideline-alerts?var-rule=${__data.fields.rule:percentencode}"),
        Column("at", "When", "moment"),
        Column("emotion", "Emotion", "text"),
        Column("severity", "Severity", "text"),
        Column("statistic", "Statistic", "number"),
        Column("threshold", "Threshold", "number"),
        Column("baseline", "Baseline", "share"),
        Column("recent", "Recent", "share"),
    ),
)
WHOM = Row("Whom", (SUMMARY, NEWEST, ALERTS))
