"""The dashboard Operations."""

from dashboards.operations.messages import MESSAGES
from dashboards.operations.work import WORK
from dashboards.palette import GREEN
from dashboards.panel import Annotation, Dashboard

PROMOTIONS = Annotation(
    "Model changes",
    """
SELECT at AS time, NULL::timestamptz AS "timeEnd", concat('Model ', model, ' after ', previous) AS text,
  state AS tags
FROM dashboard.promotions WHERE $__timeFilter(at) ORDER BY at DESC LIMIT 200
""",
    GREEN,
)
OPERATIONS = Dashboard(
    uid="tideline-operations",
    title="Operations",
    about="Whether Tideline does its work: lag, speed, what was set aside, what waits, what was delivered. "
    "Times are those of this machine's clock.",
    rows=(WORK, MESSAGES),
    annotations=(PROMOTIONS,),
    clock="wall",
    since="now-24h",
    refresh="1m",
)
