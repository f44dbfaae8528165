"""The settings of a Grafana server, as `dashboards/server` wants them."""

from sqlalchemy.engine import make_url

from dashboards.server.client import Client
from dashboards.server.wanted import Database, Target
from stream.errors import SettingsInvalid
from stream.settings import Settings


def open_grafana(settings: Settings) -> Client:
    """A client; nothing is asked yet."""
    if not settings.grafana_url:
        raise SettingsInvalid("no Grafana is configured: set TIDELINE_GRAFANA_URL")
    token = settings.grafana_token.get_secret_value()
    if not token:
        raise SettingsInvalid(
            "Grafana wants a token: make one for a service account with the role Admin, and set TIDELINE_GRAFANA_TOKEN"
        )
    return Client(settings.grafana_url, token)


def target(settings: Settings) -> Target:
    """What that server should have."""
    return Target(
        folder=settings.grafana_folder,
        database=_database(settings),
        passwords={
            "tideline_dashboard": settings.dashboard_password.get_secret_value(),
            "tideline_person": settings.person_password.get_secret_value(),
        },
    )


def _database(settings: Settings) -> Database:
    """As TIDELINE_DATABASE names it, unless Grafana reaches it by another way."""
    if settings.grafana_database:
        host, _, name = settings.grafana_database.partition("/")
        return Database(host, name, settings.grafana_tls)
    url = make_url(settings.require_database().database_url)
    return Database(f"{url.host}:{url.port or 5432}", url.database or "", settings.grafana_tls)
