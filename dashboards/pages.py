"""All dashboards, in the order in which they are listed."""

from dashboards.alerts.page import ALERTS
from dashboards.community.page import COMMUNITY
from dashboards.model.page import MODEL
from dashboards.operations.page import OPERATIONS
from dashboards.panel import Dashboard
from dashboards.person.page import PERSON_PAGE

DASHBOARDS: tuple[Dashboard, ...] = (COMMUNITY, ALERTS, PERSON_PAGE, OPERATIONS, MODEL)
