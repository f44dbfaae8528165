"""Bring a server to what the code says. Running it twice changes nothing the second time.

What is there and differs is left alone and told, unless `overwrite` is given; even then a dashboard that somebody saves
in between is not lost, as Grafana is told which version we looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dashboards.errors import DashboardError
from dashboards.grafana.files import as_json
from dashboards.grafana.query import SOURCES
from dashboards.panel import Dashboard, Role
from dashboards.server.client import Client, Conflict, Json
from dashboards.server.difference import differences, without_servers_own
from dashboards.server.wanted import FOLDER_UIDS, SEEN, Target, roles_of

Fate = Literal["created", "unchanged", "overwritten", "differs", "provisioned"]
LEFT: tuple[Fate, ...] = ("differs", "provisioned")
EVERYBODY = ("Viewer", "Editor")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing; `note` says more where there is more to say."""

    kind: Literal["folder", "data source", "dashboard"]
    name: str
    fate: Fate
    note: str = ""


@dataclass(frozen=True, slots=True)
class Manner:
    """Whether what differs is replaced, and whether passwords are sent again."""

    overwrite: bool = False
    passwords: bool = False


def push(client: Client, dashboards: Sequence[Dashboard], target: Target, manner: Manner) -> Iterator[Outcome]:
    """Folders, then data sources, then dashboards: a dashboard of persons never stands in an open folder."""
    roles = roles_of(dashboards)
    closed = {}
    for role in roles:
        outcome = _folder(client, role, target, manner)
        closed[role] = outcome.fate != "differs" or role != "tideline_person"
        yield outcome
    for role in roles:
        yield _source(client, role, target, manner)
    for dashboard in dashboards:
        if closed[dashboard.role]:
            yield _dashboard(client, dashboard, manner)
        else:
            yield Outcome("dashboard", dashboard.title, "differs", "not pushed, as its folder is open to everybody")


def _folder(client: Client, role: Role, target: Target, manner: Manner) -> Outcome:
    uid, title = FOLDER_UIDS[role], target.title_of(role)
    found = client.find(f"/folders/{uid}")
    if found is None:
        client.post("/folders", {"uid": uid, "title": title})
    fate: Fate = "created" if found is None else "unchanged"
    if role == "tideline_person":
        return _closed(client, uid, title, fate, manner)
    return Outcome("folder", title, fate)


def _closed(client: Client, uid: str, title: str, fate: Fate, manner: Manner) -> Outcome:
    """The folder of persons is for whom an administrator names, never for a whole role."""
    path = f"/folders/{uid}/permissions"
    rights = client.rows(path)
    if not any(right.get("role") in EVERYBODY for right in rights):
        return Outcome("folder", title, fate)
    if fate == "unchanged" and not manner.overwrite:
        return Outcome("folder", title, "differs", "every Viewer or Editor may open it; --overwrite closes it")
    client.post(path, {"items": [_kept(right) for right in rights if right.get("role") not in EVERYBODY]})
    return Outcome(
        "folder", title, "created" if fate == "created" else "overwritten", "only administrators may open it"
    )


def _kept(right: Json) -> Json:
    """A permission as the API takes it back."""
    names = ("role", "userId", "teamId", "permission")
    return {name: right[name] for name in names if right.get(name)}


def _source(client: Client, role: Role, target: Target, manner: Manner) -> Outcome:
    wanted = target.source_of(role)
    found = client.find(f"/datasources/uid/{SOURCES[role]}")
    if found is None:
        client.post("/datasources", wanted | target.password_of(role))
        return Outcome("data source", wanted["name"], "created")
    changed = source_differences(wanted, found)
    if found.get("readOnly"):
        return Outcome("data source", wanted["name"], "provisioned" if changed else "unchanged", ", ".join(changed))
    if not changed and not manner.passwords:
        return Outcome("data source", wanted["name"], "unchanged")
    if changed and not manner.overwrite:
        return Outcome("data source", wanted["name"], "differs", ", ".join(changed))
    body = wanted | target.password_of(role) | {"version": found.get("version"), "isDefault": found.get("isDefault")}
    client.put(f"/datasources/uid/{SOURCES[role]}", body)
    return Outcome("data source", wanted["name"], "overwritten", ", ".join(changed) or "password sent again")


def source_differences(wanted: Json, found: Json) -> list[str]:
    """The names of what differs; no values, and nothing of secrets."""
    plain = [name for name in SEEN if wanted[name] != found.get(name)]
    given = found.get("jsonData") or {}
    return plain + [f"jsonData.{name}" for name, value in wanted["jsonData"].items() if given.get(name) != value]


def _dashboard(client: Client, dashboard: Dashboard, manner: Manner) -> Outcome:
    ours, folder = as_json(dashboard), FOLDER_UIDS[dashboard.role]
    found = client.find(f"/dashboards/uid/{dashboard.uid}")
    if found is None:
        _save(client, dashboard, {"dashboard": ours, "folderUid": folder, "overwrite": False})
        return Outcome("dashboard", dashboard.title, "created")
    changed = dashboard_differences(ours, folder, found)
    if not changed:
        return Outcome("dashboard", dashboard.title, "unchanged")
    if found["meta"].get("provisioned"):
        return Outcome("dashboard", dashboard.title, "provisioned", "it comes from files on the server: change those")
    if not manner.overwrite:
        return Outcome("dashboard", dashboard.title, "differs", _few(changed))
    version = found["dashboard"]["version"]
    body = {"dashboard": ours | {"version": version}, "folderUid": folder, "overwrite": False}
    _save(client, dashboard, body)
    return Outcome("dashboard", dashboard.title, "overwritten", _few(changed))


def _save(client: Client, dashboard: Dashboard, body: Json) -> None:
    try:
        client.post("/dashboards/db", body | {"message": "tideline dashboards push"})
    except Conflict as error:
        raise DashboardError(
            f"the dashboard {dashboard.title} was changed or made by somebody else meanwhile: push again"
        ) from error


def dashboard_differences(ours: Json, folder: str, found: dict[str, Any]) -> list[str]:
    """Paths into the JSON, and `folder` where it lies elsewhere."""
    moved = ["folder"] if found["meta"].get("folderUid", "") != folder else []
    return moved + list(differences(without_servers_own(ours), without_servers_own(found["dashboard"])))


def _few(paths: list[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more
