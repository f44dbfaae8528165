"""A person's days: the series with its baseline, the mix, the posting rate, what was not scored."""

from dashboards.community.mood import EMOTION_COLUMNS
from dashboards.palette import AMBER, BLUE, EMOTIONS, GREY, PINK, SKY
from dashboards.panel import Column, Panel, Query, Row
from dashboards.person.whom import PERSON
from dashboards.sql import DAYS, FELT, IN_DAYS, means

_OWN = f"(SELECT * FROM person.days WHERE person = {PERSON} AND {IN_DAYS}) AS own"  # noqa: S608 constants of ours
_SERIES = f"""
WITH daily AS (
  SELECT days.day, sum({FELT}) AS felt, sum(scored) AS scored
  FROM {DAYS} AS days(day) LEFT JOIN {_OWN} USING (day) GROUP BY 1),
usual AS (
  SELECT day, avg(level) AS level, avg(spread) AS spread FROM person.usual
  WHERE person = {PERSON} AND emotion = ${{emotion:sqlstring}} AND {IN_DAYS} GROUP BY day),
parts AS (
  SELECT *, count(level) OVER (ORDER BY day) AS part,
    sqrt(greatest(count(nullif(scored, 0)) OVER (ORDER BY day ROWS 6 PRECEDING), 1)) AS root
  FROM daily LEFT JOIN usual USING (day)),
known AS (
  SELECT *, first_value(level) OVER same AS baseline, 2 * first_value(spread) OVER same / root AS reach
  FROM parts WINDOW same AS (PARTITION BY part ORDER BY day))
SELECT day AS time, felt / nullif(scored, 0) AS daily, sum(felt) OVER week / nullif(sum(scored) OVER week, 0) AS weekly,
  baseline, CASE WHEN reach IS NOT NULL THEN greatest(baseline - reach, 0) END AS low,
  CASE WHEN reach IS NOT NULL THEN least(baseline + reach, 1) END AS high
FROM known WINDOW week AS (ORDER BY day ROWS 6 PRECEDING) ORDER BY 1
"""  # noqa: S608
_MIX = f"""
SELECT days.day AS time, {means("own.")}
FROM {DAYS} AS days(day) LEFT JOIN {_OWN} USING (day) GROUP BY 1 ORDER BY 1
"""  # noqa: S608
_POSTS = f"""
SELECT days.day AS time, coalesce(sum(scored), 0) AS scored, coalesce(sum(abstained), 0) AS abstained,
  coalesce(sum(late), 0) AS late, avg(coalesce(sum(posts), 0)) OVER (ORDER BY days.day ROWS 6 PRECEDING)::float8 AS rate
FROM {DAYS} AS days(day) LEFT JOIN {_OWN} USING (day) GROUP BY 1 ORDER BY 1
"""  # noqa: S608
_ABSTAINED = f"""
WITH daily AS (
  SELECT days.day, coalesce(sum(abstained), 0) AS abstained, coalesce(sum(posts), 0) AS posts
  FROM {DAYS} AS days(day) LEFT JOIN {_OWN} USING (day) GROUP BY 1)
SELECT day AS time, (sum(abstained) OVER week / nullif(sum(posts) OVER week, 0))::float8 AS share,
  sum(abstained) OVER week AS abstained
FROM daily WINDOW week AS (ORDER BY day ROWS 6 PRECEDING) ORDER BY 1
"""  # noqa: S608

SERIES = Panel(
    key="series",
    title="${emotion} beside this person's own past",
    kind="lines",
    about="Dots are daily means, the thick line the mean of the posts of seven days. The dashed line is the baseline, "
    "the band where such a line usually lies, two standard errors around it. Lines across mark alerts. Read whether "
    "the line stays outside the band, not single days: few posts make a mean jump.",
    queries=(Query(_SERIES, ("daily", "weekly", "baseline"), bands=(("low", "high"),)),),
    unit="share",
    columns=(
        Column("daily", "Day", colour=GREY, points=True),
        Column("weekly", "Seven days", colour=BLUE),
        Column("baseline", "Baseline", colour=SKY, dashed=True),
        Column("low", "Usual, low"),
        Column("high", "Usual, high"),
    ),
    lowest=0,
    wide=24,
    high=10,
)
MIX = Panel(
    key="mix",
    title="Emotion mix",
    kind="stacked",
    about="The mean score of each emotion by day; the seven add up to one. A gap is a day without scored posts.",
    queries=(Query(_MIX, EMOTIONS),),
    unit="share",
    columns=EMOTION_COLUMNS,
    share=True,
    lowest=0,
    highest=1,
    wide=8,
)
POSTS = Panel(
    key="posts",
    title="Posts a day",
    kind="bars",
    about="How much the person wrote, scored or not, and the mean of seven days. Silence and bursts are signs of their "
    "own; late posts were stored, and no rule heard of them.",
    queries=(Query(_POSTS, ("scored", "abstained", "rate")),),
    unit="count",
    columns=(
        Column("scored", "Scored", colour=BLUE),
        Column("abstained", "Not scored", colour=GREY),
        Column("late", "Late", colour=PINK, points=True),
        Column("rate", "A day, mean of seven", "number", AMBER, line=True),
    ),
    lowest=0,
    wide=8,
)
ABSTAINED = Panel(
    key="abstained",
    title="Not scored, over seven days",
    kind="lines",
    about="The share of the person's posts that no model reads: no words, or another language. Where it is high, the "
    "series above speaks for a part of the person only.",
    queries=(Query(_ABSTAINED, ("share", "abstained")),),
    unit="share",
    columns=(
        Column("share", "Share", colour=GREY),
        Column("abstained", "Posts", "count", PINK, right=True, points=True),
    ),
    lowest=0,
    wide=8,
)
HISTORY = Row("History", (SERIES, MIX, POSTS, ABSTAINED))
