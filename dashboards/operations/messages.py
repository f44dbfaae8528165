"""What was set aside, what waits to be told, how the telling went, and whether the input has drifted."""

from dashboards.palette import AMBER, BLUE, GREY, RED, SKY
from dashboards.panel import Column, Panel, Query, Row
from dashboards.sql import DAYS, FIRST, LAST, day_of, or_none

_HOURS = f"hour BETWEEN {FIRST} AND {LAST}"
_RESULTS = f"""
WITH sums AS (
  SELECT {day_of("hour")} AS day, result, sum(attempts) AS attempts
  FROM dashboard.deliveries WHERE {_HOURS} GROUP BY 1, 2),
names AS (SELECT unnest(ARRAY['delivered', 'refused', 'failed', 'no answer']) AS result)
SELECT days.day AS time, result AS metric, coalesce(sums.attempts, 0) AS attempts
FROM {DAYS} AS days(day) CROSS JOIN names LEFT JOIN sums USING (day, result) ORDER BY 1, 2
"""  # noqa: S608 constants of this package
_ENDPOINTS = f"""
SELECT coalesce(endpoint, 'all') AS endpoint, coalesce(sum(attempts), 0) AS attempts,
  coalesce(sum(attempts) FILTER (WHERE result = 'delivered'), 0) AS delivered,
  coalesce(sum(attempts) FILTER (WHERE result <> 'delivered'), 0) AS failed,
  max(hour) FILTER (WHERE result = 'delivered') AS newest
FROM dashboard.deliveries WHERE {_HOURS} GROUP BY ROLLUP (endpoint) ORDER BY failed DESC, 1
"""  # noqa: S608
_DEAD = f"""
WITH seen AS (
  SELECT {day_of("hour")} AS day, reason, sum(letters) AS letters
  FROM dashboard.dead_letters WHERE {_HOURS} GROUP BY 1, 2),
names AS (SELECT DISTINCT reason FROM seen UNION SELECT 'none' WHERE NOT EXISTS (SELECT FROM seen))
SELECT days.day AS time, reason AS metric, coalesce(seen.letters, 0) AS letters
FROM {DAYS} AS days(day) CROSS JOIN names LEFT JOIN seen USING (day, reason) ORDER BY 1, 2
"""  # noqa: S608
_DEAD_LIST = """
SELECT coalesce(reason, 'all') AS reason, coalesce(sum(letters), 0) AS letters,
  coalesce(sum(letters) FILTER (WHERE state = 'open'), 0) AS open, max(hour) AS newest
FROM dashboard.dead_letters GROUP BY ROLLUP (reason) ORDER BY 2 DESC, 1
"""
_OUTBOX = """
SELECT state, rows, oldest, extract(epoch FROM now() - oldest)::float8 AS age FROM dashboard.outbox ORDER BY rows DESC
"""
_OUTBOX_COLUMNS = ("state", "rows", "oldest", "age")
_DRIFT = """
SELECT measure, coalesce(nullif(part, ''), 'all') AS part, day, value, usual, people, drifted
FROM (SELECT DISTINCT ON (measure, part) * FROM dashboard.drift_days ORDER BY measure, part, day DESC) AS newest
ORDER BY drifted DESC, 1, 2
"""
_DRIFT_COLUMNS = ("measure", "part", "day", "value", "usual", "people", "drifted")

RESULTS = Panel(
    key="deliveries",
    title="Attempts to deliver, by result",
    kind="bars",
    about="Every attempt to send a webhook on each day: delivered, refused by the receiver (4xx), failed at the "
    "receiver (5xx), or no answer at all. A failed one is tried again; see `tideline deliveries`.",
    queries=(Query(_RESULTS, ("attempts",), series="metric"),),
    unit="count",
    columns=(
        Column("delivered", "Delivered", colour=BLUE),
        Column("refused", "Refused", colour=AMBER),
        Column("failed", "Failed", colour=RED),
        Column("no answer", "No answer", colour=GREY),
    ),
    lowest=0,
    wide=8,
)
ENDPOINTS = Panel(
    key="endpoints",
    title="Endpoints",
    kind="table",
    about="Attempts in the chosen time by endpoint, and when each last took a message.",
    queries=(Query(_ENDPOINTS, ("endpoint", "attempts", "delivered", "failed", "newest"), time=None),),
    unit="count",
    columns=(
        Column("endpoint", "Endpoint", "text"),
        Column("attempts", "Attempts"),
        Column("delivered", "Delivered"),
        Column("failed", "Not delivered"),
        Column("newest", "Last delivered in the hour of", "moment"),
    ),
    wide=8,
)
DEAD = Panel(
    key="dead-letters",
    title="Set aside, by reason",
    kind="bars",
    about="Messages that can never be used, by why, on each day. A producer that begins to send rubbish shows here "
    "first; a worker stops by itself when it is too much.",
    queries=(Query(_DEAD, ("letters",), series="metric"),),
    unit="count",
    lowest=0,
)
DEAD_LIST = Panel(
    key="dead-reasons",
    title="Everything set aside",
    kind="table",
    about="All messages set aside so far by reason, how many are still open, and when the newest came. "
    "`tideline dlq` shows where they came from and sends mended ones again.",
    queries=(Query(_DEAD_LIST, ("reason", "letters", "open", "newest"), time=None),),
    unit="count",
    columns=(
        Column("reason", "Reason", "text"),
        Column("letters", "Messages"),
        Column("open", "Open"),
        Column("newest", "Newest in the hour of", "moment"),
    ),
)
OUTBOX = Panel(
    key="outbox",
    title="Outbox",
    kind="table",
    about="Alerts by the state of their message, and the age of the oldest. A pending one that grows old means that "
    "`tideline deliver` does not run.",
    queries=(Query(or_none(_OUTBOX, _OUTBOX_COLUMNS, "nothing to send yet"), _OUTBOX_COLUMNS, time=None),),
    columns=(
        Column("state", "State", "text"),
        Column("rows", "Messages", "count", SKY),
        Column("oldest", "Oldest", "moment"),
        Column("age", "Age", "seconds"),
    ),
    wide=8,
)
DRIFT = Panel(
    key="drift",
    title="Drift of the input, newest day",
    kind="table",
    about="How the newest day of posts differs from what the model was trained on or the weeks before: abstain rate, "
    "mix of classes, length, unknown words. Counted by distinct people, so that one loud account is no drift. "
    "Not limited to the chosen time.",
    queries=(Query(or_none(_DRIFT, _DRIFT_COLUMNS, "not measured yet"), _DRIFT_COLUMNS, time=None),),
    columns=(
        Column("measure", "Measure", "text", href="/d/tideline-model"),
        Column("part", "Of", "text"),
        Column("day", "Day", "moment"),
        Column("value", "Value", "number"),
        Column("usual", "Usual", "number"),
        Column("people", "People", "count"),
        Column("drifted", "Drifted", "text"),
    ),
    wide=24,
)
MESSAGES = Row("Messages", (RESULTS, ENDPOINTS, OUTBOX, DEAD, DEAD_LIST, DRIFT))
