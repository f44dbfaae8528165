"""The champion beside the challenger, on the same posts of the same people."""

from dashboards.palette import AMBER, BLUE, EMOTIONS, GREY
from dashboards.panel import Column, Panel, Query, Row
from dashboards.sql import DAYS, FIRST, LAST, day_of

_HOURS = f"hour BETWEEN {FIRST} AND {LAST}"
_AGREE = f"""
SELECT days.day AS time, coalesce(sum(s.posts), 0) AS posts,
  (sum(s.agree) / nullif(sum(s.posts), 0))::float8 AS agree
FROM {DAYS} AS days(day)
LEFT JOIN (SELECT {day_of("hour")} AS day, posts, agree FROM dashboard.shadow_hours WHERE {_HOURS}) AS s
USING (day) GROUP BY 1 ORDER BY 1
"""  # noqa: S608 constants of this package
_SIDES = ("champion", "challenger")
_SUMS = ", ".join(f"sum({side}_{name}) AS {side}_{name}" for side in _SIDES for name in EMOTIONS)
_PAIRS = ", ".join(f"({place}, '{name}', champion_{name}, challenger_{name})" for place, name in enumerate(EMOTIONS))
_MIX = f"""
WITH sums AS (SELECT sum(posts) AS posts, {_SUMS} FROM dashboard.shadow_hours WHERE {_HOURS})
SELECT emotion, coalesce(posts, 0) AS posts, champion / nullif(posts, 0)::float8 AS champion,
  challenger / nullif(posts, 0)::float8 AS challenger, (challenger - champion) / nullif(posts, 0)::float8 AS difference
FROM sums, LATERAL (VALUES {_PAIRS}) AS each(place, emotion, champion, challenger) ORDER BY place
"""  # noqa: S608
_ALERTS = f"""
SELECT coalesce(rule, 'all') AS rule, coalesce(count(*) FILTER (WHERE side = 'both'), 0) AS "both",
  coalesce(count(*) FILTER (WHERE side = 'champion'), 0) AS champion,
  coalesce(count(*) FILTER (WHERE side = 'challenger'), 0) AS challenger
FROM dashboard.shadow_alerts WHERE at BETWEEN {FIRST} AND {LAST} GROUP BY ROLLUP (rule) ORDER BY 1
"""  # noqa: S608

AGREE = Panel(
    key="agree",
    title="Champion and challenger agree",
    kind="lines",
    about="Of the posts that both models scored, the share whose leading emotion is the same. Dots count those posts. "
    "No line: no challenger runs; `tideline models shadow` starts one.",
    queries=(Query(_AGREE, ("agree", "posts")),),
    unit="share",
    columns=(
        Column("agree", "Agree", colour=BLUE),
        Column("posts", "Posts", "count", GREY, right=True, points=True),
    ),
    lowest=0,
    highest=1,
)
MIX = Panel(
    key="duel",
    title="Champion beside challenger",
    kind="table",
    about="Mean scores of both on the same posts. A difference moves every baseline: it is carried over on promotion.",
    queries=(Query(_MIX, ("emotion", "posts", "champion", "challenger", "difference"), time=None),),
    unit="share",
    columns=(
        Column("emotion", "Emotion", "text"),
        Column("posts", "Posts", "count"),
        Column("champion", "Champion"),
        Column("challenger", "Challenger"),
        Column("difference", "Difference"),
    ),
)
SHADOW = Panel(
    key="shadow-alerts",
    title="Alerts of both",
    kind="ranks",
    about="Alerts that both models raise about the same persons, and those that only one of them does. "
    "The challenger's are stored and never sent.",
    queries=(Query(_ALERTS, ("both", "champion", "challenger"), time=None, x="rule"),),
    unit="count",
    columns=(
        Column("both", "Both", colour=GREY),
        Column("champion", "Champion only", colour=BLUE),
        Column("challenger", "Challenger only", colour=AMBER),
    ),
)
DUEL = Row("Champion and challenger", (AGREE, MIX, SHADOW))
