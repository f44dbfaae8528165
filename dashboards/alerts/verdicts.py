"""What people said of alerts, and how often the alerts were right."""

from dashboards.alerts.raised import CHOSEN
from dashboards.palette import BLUE, GREEN, GREY, RED
from dashboards.panel import Column, Panel, Query, Row
from dashboards.sql import DAYS, IN_DAYS

_VERDICTS = f"""
WITH daily AS (
  SELECT day, sum("right") AS "right", sum(wrong) AS wrong, sum(unsure) AS unsure
  FROM dashboard.alert_verdicts WHERE {IN_DAYS} AND {CHOSEN} GROUP BY day),
counted AS (
  SELECT days.day, coalesce("right", 0) AS "right", coalesce(wrong, 0) AS wrong, coalesce(unsure, 0) AS unsure
  FROM {DAYS} AS days(day) LEFT JOIN daily USING (day))
SELECT day AS time, "right", wrong, unsure, (sum("right") OVER week / nullif(sum("right" + wrong) OVER week, 0))::float8
  AS precision
FROM counted WINDOW week AS (ORDER BY day ROWS 6 PRECEDING) ORDER BY 1
"""  # noqa: S608 constants of this package
_PRECISION = f"""
WITH sums AS (
  SELECT rule, sum("right")::float8 AS "right", sum(wrong)::float8 AS wrong, sum(unsure)::float8 AS unsure,
    sum("right" + wrong)::float8 AS n FROM dashboard.alert_verdicts WHERE {CHOSEN} GROUP BY ROLLUP (rule)),
shares AS (SELECT *, "right" / nullif(n, 0) AS p, 3.8416 / nullif(n, 0) AS z FROM sums)
SELECT coalesce(rule, 'all') AS rule, coalesce("right", 0) AS "right", coalesce(wrong, 0) AS wrong,
  coalesce(unsure, 0) AS unsure, p AS precision,
  (p + z / 2 - sqrt(z * (p * (1 - p) + z / 4))) / (1 + z) AS low,
  (p + z / 2 + sqrt(z * (p * (1 - p) + z / 4))) / (1 + z) AS high
FROM shares ORDER BY n DESC NULLS LAST, 1
"""  # noqa: S608

VERDICTS = Panel(
    key="verdicts",
    title="Verdicts, and precision over seven days",
    kind="bars",
    about="What people said of alerts, by the day on which they said it, and the share of right among right and wrong "
    "over the last seven days. Unsure ones do not count in it. With few verdicts the line jumps: see the interval "
    "beside it.",
    queries=(Query(_VERDICTS, ("right", "wrong", "unsure", "precision")),),
    unit="count",
    columns=(
        Column("right", "Right", colour=GREEN),
        Column("wrong", "Wrong", colour=RED),
        Column("unsure", "Unsure", colour=GREY),
        Column("precision", "Precision, 7 days", "share", BLUE, right=True, line=True),
    ),
    lowest=0,
)
PRECISION = Panel(
    key="precision",
    title="Precision by rule",
    kind="table",
    about="Of all alerts that people judged so far, the share that was right, with a 95 % interval (Wilson). "
    "A rule whose whole interval lies low asks for a higher threshold.",
    queries=(Query(_PRECISION, ("rule", "right", "wrong", "unsure", "precision", "low", "high"), time=None),),
    unit="count",
    columns=(
        Column("rule", "Rule", "text"),
        Column("right", "Right"),
        Column("wrong", "Wrong"),
        Column("unsure", "Unsure"),
        Column("precision", "Precision", "share"),
        Column("low", "at least", "share"),
        Column("high", "at most", "share"),
    ),
)
JUDGED = Row("Verdicts", (VERDICTS, PRECISION))
