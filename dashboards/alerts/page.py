"""The dashboard Alerts."""

from dashboards.alerts.cases import CASES
from dashboards.alerts.raised import MOVES, RAISED_ROW
from dashboards.alerts.verdicts import JUDGED
from dashboards.panel import Dashboard, Variable

ALERTS = Dashboard(
    uid="tideline-alerts",
    title="Alerts",
    about="What was raised, how fast it was told, who looks at it, and how often it was right. Times are those of the "
    "work, not of the posts. Nobody is named here.",
    rows=(RAISED_ROW, CASES, JUDGED),
    variables=(
        Variable(
            "rule",
            "Rules",
            "Which rules are shown.",
            sql="SELECT rule FROM dashboard.alerts WHERE $__timeFilter(created_at) "
            "UNION SELECT rule FROM dashboard.cases ORDER BY 1",
            several=True,
        ),
    ),
    annotations=(MOVES,),
    clock="wall",
)
