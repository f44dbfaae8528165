"""What was decided on models, and what may ask for a decision: drift of the input."""

from dashboards.palette import GREEN, GREY, RED
from dashboards.panel import Annotation, Column, Panel, Query, Row
from dashboards.sql import DAYS, IN_DAYS, or_none

_DECISIONS = """
SELECT challenger, champion, at, verdict, reason FROM dashboard.decisions ORDER BY at DESC LIMIT 50
"""
_DECISION_COLUMNS = ("challenger", "champion", "at", "verdict", "reason")
_PROMOTIONS = """
SELECT model, previous, at, because, forced, state FROM dashboard.promotions ORDER BY at DESC LIMIT 50
"""
_PROMOTION_COLUMNS = ("model", "previous", "at", "because", "forced", "state")
_DRIFT = f"""
WITH seen AS (
  SELECT day, concat_ws(' ', measure, nullif(part, '')) AS name, value / nullif(usual, 0) AS ratio
  FROM dashboard.drift_days WHERE {IN_DAYS}),
names AS (SELECT DISTINCT name FROM seen UNION SELECT 'none' WHERE NOT EXISTS (SELECT FROM seen))
SELECT days.day AS time, name AS metric, CASE WHEN name = 'none' THEN 1 ELSE avg(ratio) END::float8 AS ratio
FROM {DAYS} AS days(day) CROSS JOIN names LEFT JOIN seen USING (day, name) GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608

DRIFT = Panel(
    key="drift",
    title="Drift of the input, beside the usual",
    kind="lines",
    about="Each measure divided by what is usual for it: one is as ever. Distances from the training data have no "
    "usual value and no line. Counted by distinct people. The table on the dashboard Operations says which of them "
    "count as drift.",
    queries=(Query(_DRIFT, ("ratio",), series="metric"),),
    columns=(Column("none", "Not measured yet", colour=GREY),),
)
DECISIONS = Panel(
    key="decisions",
    title="Decisions on challengers",
    kind="table",
    about="What the retraining job found, newest first: better, equal or worse, and why. It never promotes by itself.",
    queries=(Query(or_none(_DECISIONS, _DECISION_COLUMNS, "none yet"), _DECISION_COLUMNS, time=None),),
    columns=(
        Column("challenger", "Challenger", "text"),
        Column("champion", "Champion", "text"),
        Column("at", "When", "moment"),
        Column("verdict", "Verdict", "text"),
        Column("reason", "Because", "text"),
    ),
)
PROMOTIONS = Panel(
    key="promotions",
    title="Promotions",
    kind="table",
    about="Which model was put in use when, why, and whether a worse verdict was overruled.",
    queries=(Query(or_none(_PROMOTIONS, _PROMOTION_COLUMNS, "none yet"), _PROMOTION_COLUMNS, time=None),),
    columns=(
        Column("model", "Model", "text"),
        Column("previous", "After", "text"),
        Column("at", "When", "moment"),
        Column("because", "Because", "text"),
        Column("forced", "Forced", "text"),
        Column("state", "State", "text"),
    ),
)
DECIDED = Row("Decisions and drift", (DECISIONS, PROMOTIONS, DRIFT))

DRIFTED = Annotation(
    "Drift",
    """
SELECT day AS time, NULL::timestamptz AS "timeEnd", concat('Drift: ', measure, ' ', part) AS text, measure AS tags
FROM dashboard.drift_days WHERE drifted AND $__timeFilter(day) ORDER BY day DESC LIMIT 200
""",
    RED,
)
CHANGES = Annotation(
    "Model changes",
    """
SELECT at AS time, NULL::timestamptz AS "timeEnd", concat('Model ', model, ' after ', previous) AS text, state AS tags
FROM dashboard.promotions WHERE $__timeFilter(at) ORDER BY at DESC LIMIT 200
""",
    GREEN,
)
