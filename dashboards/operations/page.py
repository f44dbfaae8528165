"""The dashboard Operations."""

from dashboards.model.decided import CHANGES
from dashboards.operations.messages import MESSAGES
from dashboards.operations.work import WORK
from dashboards.panel import Dashboard

OPERATIONS = Dashboard(
    uid="tideline-operations",
    title="Operations",
    about="Whether Tideline does its work: lag, speed, what was set aside, what waits, what was delivered. "
    "Times are those of this machine's clock.",
    rows=(WORK, MESSAGES),
    annotations=(CHANGES,),
    clock="wall",
    since="now-24h",
    refresh="1m",
)
