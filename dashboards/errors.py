"""What can go wrong in `dashboards`.

DashboardError
├── SqlUnfillable     a query names a macro or a variable that nobody gave
├── GrafanaRefused    Grafana answered, and will not do it
└── GrafanaOutage     Grafana cannot be reached or failed: the same work may succeed later
"""


class DashboardError(Exception):
    """A sentence that says what is wrong with a dashboard or its server, and what to do."""


class SqlUnfillable(DashboardError):
    """SQL that cannot be turned into plain Postgres SQL."""


class GrafanaRefused(DashboardError):
    """The server understood and said no."""


class GrafanaOutage(DashboardError):
    """The server is away for now; what was pushed before stays pushed."""
