"""What a server should have: two folders, two data sources, the dashboards."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dashboards.errors import DashboardError
from dashboards.grafana.query import SOURCES, TYPE
from dashboards.panel import Dashboard, Role

Json = dict[str, Any]
FOLDER_UIDS: dict[Role, str] = {"tideline_dashboard": "tideline", "tideline_person": "tideline-persons"}
PASSWORDS: dict[Role, str] = {
    "tideline_dashboard": "TIDELINE_DASHBOARD_PASSWORD",
    "tideline_person": "TIDELINE_PERSON_PASSWORD",
}
SEEN = ("name", "type", "url", "user", "access")
"""What of a data source may be compared and shown; its password is neither."""


@dataclass(frozen=True, slots=True)
class Database:
    """The database as Grafana reaches it."""

    host: str  # with its port
    name: str
    tls: str = "require"  # disable, require, verify-ca, verify-full


@dataclass(frozen=True, slots=True)
class Target:
    """How one installation is told apart: the title of its folder, its database, the passwords of its roles."""

    folder: str
    database: Database
    passwords: dict[Role, str]

    def __repr__(self) -> str:
        return f"Target({self.folder!r}, {self.database!r})"

    def title_of(self, role: Role) -> str:
        return self.folder if role == "tideline_dashboard" else f"{self.folder} persons"

    def source_of(self, role: Role) -> Json:
        """The data source without its password."""
        return {
            "uid": SOURCES[role],
            "name": "Tideline" if role == "tideline_dashboard" else "Tideline persons",
            "type": TYPE,
            "access": "proxy",
            "url": self.database.host,
            "user": role,
            "isDefault": False,
            "jsonData": {
                "database": self.database.name,
                "sslmode": self.database.tls,
                "postgresVersion": 1500,
                "timescaledb": False,
                "maxOpenConns": 5,
            },
        }

    def password_of(self, role: Role) -> Json:
        secret = self.passwords.get(role, "")
        if not secret:
            raise DashboardError(f"the data source of {role} needs a password: set {PASSWORDS[role]}")
        return {"secureJsonData": {"password": secret}}


def roles_of(dashboards: Iterable[Dashboard]) -> list[Role]:
    """The roles that these dashboards read as, each once."""
    return list(dict.fromkeys(dashboard.role for dashboard in dashboards))
