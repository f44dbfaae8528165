"""Cases over time: what waits, who works on what, how long the oldest has waited, why they were closed."""

from dashboards.alerts.raised import CHOSEN
from dashboards.palette import AMBER, BAD, BLUE, GOOD, GREY, RED, SKY, WATCH
from dashboards.panel import Column, Panel, Query, Row, Step
from dashboards.sql import DAYS, FIRST, IN_DAYS, LAST, day_of, or_none

_HOUR = 3600.0
_NOW = f"""
SELECT count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE state = 'claimed') AS claimed,
  count(*) FILTER (WHERE state = 'escalated') AS escalated,
  coalesce(extract(epoch FROM now() - min(opened_at) FILTER (WHERE state IN ('open', 'escalated'))), 0)::float8
  AS oldest
FROM dashboard.cases WHERE {CHOSEN}
"""  # noqa: S608 constants of this package
_STATES = f"""
WITH moves AS (
  SELECT opened_at AS at, 1 AS open, 0 AS claimed, 0 AS closed FROM dashboard.cases WHERE {CHOSEN}
  UNION ALL
  SELECT claimed_at, -1, 1, 0 FROM dashboard.cases WHERE claimed_at IS NOT NULL AND {CHOSEN}
  UNION ALL
  SELECT closed_at, CASE WHEN claimed_at IS NULL THEN -1 ELSE 0 END, CASE WHEN claimed_at IS NULL THEN 0 ELSE -1 END, 1
  FROM dashboard.cases WHERE closed_at IS NOT NULL AND {CHOSEN}),
daily AS (
  SELECT greatest({day_of("at")}, {FIRST}) AS day, sum(open) AS open, sum(claimed) AS claimed,
    sum(closed) FILTER (WHERE at >= {FIRST}) AS closed
  FROM moves WHERE at <= {LAST} GROUP BY 1)
SELECT days.day AS time, coalesce(sum(open) OVER past, 0) AS open, coalesce(sum(claimed) OVER past, 0) AS claimed,
  coalesce(sum(closed) OVER past, 0) AS closed
FROM {DAYS} AS days(day) LEFT JOIN daily USING (day) WINDOW past AS (ORDER BY days.day) ORDER BY 1
"""  # noqa: S608
_OLDEST = f"""
SELECT rule, subject_kind AS who, emotion, severity, state, opened_at,
  extract(epoch FROM now() - opened_at)::float8 AS age, escalations
FROM dashboard.cases WHERE state IN ('open', 'escalated') AND {CHOSEN} ORDER BY opened_at LIMIT 20
"""  # noqa: S608
_OLDEST_COLUMNS = ("rule", "who", "emotion", "severity", "state", "opened_at", "age", "escalations")
_WORK = f"""
WITH worked AS MATERIALIZED (SELECT day, moderator, claimed FROM dashboard.moderator_days WHERE {IN_DAYS}),
names AS (SELECT DISTINCT moderator FROM worked UNION SELECT 'nobody' WHERE NOT EXISTS (SELECT FROM worked))
SELECT days.day AS time, moderator AS metric, coalesce(worked.claimed, 0) AS claimed
FROM {DAYS} AS days(day) CROSS JOIN names LEFT JOIN worked USING (day, moderator) ORDER BY 1, 2
"""  # noqa: S608
_CLOSED = f"""
SELECT coalesce(reason, 'all') AS reason, count(*) AS cases FROM dashboard.cases
WHERE state = 'closed' AND closed_at BETWEEN {FIRST} AND {LAST} AND {CHOSEN} GROUP BY ROLLUP (reason) ORDER BY 2 DESC, 1
"""  # noqa: S608

NOW = Panel(
    key="now",
    title="Cases now",
    kind="stat",
    about="Cases that wait, cases somebody works on, cases that waited too long, and how long the oldest of those "
    "nobody took has been waiting. Not limited to the chosen time.",
    queries=(Query(_NOW, ("open", "claimed", "escalated", "oldest"), time=None),),
    columns=(
        Column("open", "Open", "count", AMBER),
        Column("claimed", "Claimed", "count", BLUE),
        Column("escalated", "Escalated", "count", RED),
        Column("oldest", "Oldest waits", "seconds"),
    ),
    steps=(Step(GOOD), Step(WATCH, 2 * _HOUR), Step(BAD, 12 * _HOUR)),
    high=4,
    wide=24,
)
STATES = Panel(
    key="states",
    title="Open, claimed and closed",
    kind="lines",
    about="How many cases were open (with the escalated ones) and claimed at the end of each day, and how many were "
    "closed since the chosen time began. Open cases that only grow mean that alerts come faster than people can look.",
    queries=(Query(_STATES, ("open", "claimed", "closed")),),
    unit="count",
    columns=(
        Column("open", "Open", colour=AMBER),
        Column("claimed", "Claimed", colour=BLUE),
        Column("closed", "Closed since", colour=GREY, dashed=True),
    ),
    lowest=0,
)
OLDEST = Panel(
    key="oldest",
    title="Waiting longest",
    kind="table",
    about="The twenty cases that nobody has claimed for the longest time. `tideline alerts` claims and closes them.",
    queries=(Query(or_none(_OLDEST, _OLDEST_COLUMNS, "nothing waits"), _OLDEST_COLUMNS, time=None),),
    columns=(
        Column("rule", "Rule", "text"),
        Column("who", "About", "text"),
        Column("emotion", "Emotion", "text"),
        Column("severity", "Severity", "text"),
        Column("state", "State", "text"),
        Column("opened_at", "Opened", "moment"),
        Column("age", "Waits", "seconds"),
        Column("escalations", "Escalations", "count"),
    ),
)
WORK = Panel(
    key="workload",
    title="Cases claimed by moderator and day",
    kind="bars",
    about="How many cases each moderator took on each day. It is there to share work fairly and to see when there is "
    "too much of it, not to rank people.",
    queries=(Query(_WORK, ("claimed",), series="metric"),),
    unit="count",
    lowest=0,
)
CLOSED = Panel(
    key="closed",
    title="Why cases were closed",
    kind="ranks",
    about="Closed cases of this time by the reason that was given. Many closed as no concern say the same as a low "
    "precision.",
    queries=(Query(_CLOSED, ("cases",), time=None, x="reason"),),
    unit="count",
    columns=(Column("cases", "Cases", colour=SKY),),
)
CASES = Row("Cases", (NOW, STATES, OLDEST, WORK, CLOSED))
