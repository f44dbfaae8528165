"""What the server has, beside what the code says. Nothing is changed there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dashboards.grafana.files import as_json, text_of
from dashboards.grafana.query import SOURCES
from dashboards.panel import Dashboard
from dashboards.server.client import Client, part
from dashboards.server.difference import without_servers_own
from dashboards.server.push import dashboard_differences, source_differences
from dashboards.server.wanted import FOLDER_UIDS, Target, roles_of


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing on the server: the same as ours, different, missing there, or only there."""

    kind: Literal["data source", "dashboard"]
    name: str
    state: Literal["same", "differs", "missing", "only there"]
    paths: tuple[str, ...] = ()
    content: dict[str, Any] | None = None


def pull(client: Client, dashboards: Sequence[Dashboard], target: Target) -> Iterator[Seen]:
    """Ours first, then dashboards in our folders that the code does not know."""
    for role in roles_of(dashboards):
        wanted = target.source_of(role)
        found = client.find(f"/datasources/uid/{SOURCES[role]}")
        changed = source_differences(wanted, found) if found else []
        yield Seen("data source", wanted["name"], _state(found, changed), tuple(changed))
    for dashboard in dashboards:
        yield _dashboard(client, dashboard)
    yield from _strangers(client, dashboards)


def _state(found: object, changed: list[str]) -> Literal["same", "differs", "missing"]:
    if found is None:
        return "missing"
    return "differs" if changed else "same"


def _dashboard(client: Client, dashboard: Dashboard) -> Seen:
    found = client.find(f"/dashboards/uid/{dashboard.uid}")
    if found is None:
        return Seen("dashboard", dashboard.title, "missing")
    changed = dashboard_differences(as_json(dashboard), FOLDER_UIDS[dashboard.role], found)
    content = without_servers_own(found["dashboard"])
    return Seen("dashboard", dashboard.title, _state(found, changed), tuple(changed), content)


def _strangers(client: Client, dashboards: Sequence[Dashboard]) -> Iterator[Seen]:
    known = {dashboard.uid for dashboard in dashboards}
    folders = ",".join(FOLDER_UIDS[role] for role in roles_of(dashboards))
    for hit in client.rows(f"/search?type=dash-db&folderUIDs={folders}&limit=1000"):
        found = client.find(f"/dashboards/uid/{part(hit['uid'])}") if hit["uid"] not in known else None
        if found:
            yield Seen("dashboard", hit["title"], "only there", content=without_servers_own(found["dashboard"]))


def write(seen: Seen, folder: Path) -> Path | None:
    """The server's JSON of a dashboard as a file; data sources are never written."""
    if seen.content is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{part(str(seen.content['uid'])).removeprefix('tideline-')}.json"
    path.write_text(text_of(seen.content))
    return path
