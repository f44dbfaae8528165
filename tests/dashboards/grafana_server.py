"""A local server that answers as Grafana's published HTTP API does, and remembers what it was told."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "glsa_a-token-for-tests_1234abcd"
Json = dict[str, Any]
Answer = tuple[int, Any]


@dataclass
class Grafana:
    """The state of one organisation. `broken` is a status that every request gets instead."""

    folders: dict[str, Json] = field(default_factory=dict)
    rights: dict[str, list[Json]] = field(default_factory=dict)
    sources: dict[str, Json] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    dashboards: dict[str, Json] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    broken: int = 0
    page: bytes | None = None  # sent instead of JSON
    busy: bool = False  # somebody saves whenever we have looked
    url: str = ""

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Json) -> Answer:
        if method != "GET":
            self.writes.append(f"{method} {path}")
        for wanted, pattern, call in _ROUTES:
            found = re.fullmatch(pattern, path)
            if method == wanted and found:
                given = {"query": query} if method == "GET" else {"body": body}
                return call(self, *found.groups(), **given)
        return 404, {"message": "Not found"}

    def get_folder(self, uid: str, query: Json) -> Answer:
        return (200, self.folders[uid]) if uid in self.folders else (404, {"message": "folder not found"})

    def make_folder(self, body: Json) -> Answer:
        if body["uid"] in self.folders:
            return 409, {"message": "the folder already exists", "status": "name-exists"}
        self.folders[body["uid"]] = body | {"id": len(self.folders) + 1, "version": 1, "canSave": True}
        self.rights[body["uid"]] = [
            {"role": "Viewer", "permission": 1, "permissionName": "View", "userId": 0, "teamId": 0},
            {"role": "Editor", "permission": 2, "permissionName": "Edit", "userId": 0, "teamId": 0},
        ]
        return 200, self.folders[body["uid"]]

    def get_rights(self, uid: str, query: Json) -> Answer:
        return 200, self.rights[uid]

    def set_rights(self, uid: str, body: Json) -> Answer:
        self.rights[uid] = body["items"]
        return 200, {"message": "Folder permissions updated"}

    def get_source(self, uid: str, query: Json) -> Answer:
        return (200, self.sources[uid]) if uid in self.sources else (404, {"message": "Data source not found"})

    def make_source(self, body: Json) -> Answer:
        if any(source["name"] == body["name"] for source in self.sources.values()):
            return 409, {"message": "data source with the same name already exists"}
        return self._keep_source(body, 1)

    def change_source(self, uid: str, body: Json) -> Answer:
        if body["version"] != self.sources[uid]["version"]:
            return 409, {"message": "Datasource has already been updated by someone else. Please reload and try again"}
        return self._keep_source(body, body["version"] + 1)

    def _keep_source(self, body: Json, version: int) -> Answer:
        """A secret goes in and never comes out."""
        secret = body.pop("secureJsonData")
        self.passwords[body["uid"]] = secret["password"]
        kept = body | {"id": 1, "version": version, "readOnly": False, "secureJsonFields": {"password": True}}
        self.sources[body["uid"]] = kept
        return 200, {"datasource": kept, "id": 1, "message": "Datasource added", "name": kept["name"]}

    def get_dashboard(self, uid: str, query: Json) -> Answer:
        if uid not in self.dashboards:
            return 404, {"message": "Dashboard not found"}
        found = json.loads(json.dumps(self.dashboards[uid]))
        if self.busy:
            self.dashboards[uid]["dashboard"]["version"] += 1
        return 200, found

    def save_dashboard(self, body: Json) -> Answer:
        sent = body["dashboard"]
        before = self.dashboards.get(sent["uid"])
        if before and before["meta"]["provisioned"]:
            return 400, {"message": "Cannot save provisioned dashboard"}
        version = before["dashboard"]["version"] if before else 0
        if before and not body["overwrite"] and sent.get("version") != version:
            return 412, {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}
        number = before["dashboard"]["id"] if before else len(self.dashboards) + 1
        self.dashboards[sent["uid"]] = {
            "dashboard": sent | {"id": number, "version": version + 1},
            "meta": {"folderUid": body.get("folderUid", ""), "provisioned": False, "slug": sent["title"].lower()},
        }
        return 200, {"id": number, "uid": sent["uid"], "status": "success", "version": version + 1}

    def search(self, query: dict[str, list[str]]) -> Answer:
        folders = query["folderUIDs"][0].split(",")
        hits = [(uid, each) for uid, each in self.dashboards.items() if each["meta"]["folderUid"] in folders]
        return 200, [{"uid": uid, "title": each["dashboard"]["title"], "type": "dash-db"} for uid, each in hits]


_ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("GET", "/api/folders/([^/]+)", Grafana.get_folder),
    ("POST", "/api/folders", Grafana.make_folder),
    ("GET", "/api/folders/([^/]+)/permissions", Grafana.get_rights),
    ("POST", "/api/folders/([^/]+)/permissions", Grafana.set_rights),
    ("GET", "/api/datasources/uid/([^/]+)", Grafana.get_source),
    ("POST", "/api/datasources", Grafana.make_source),
    ("PUT", "/api/datasources/uid/([^/]+)", Grafana.change_source),
    ("GET", "/api/dashboards/uid/([^/]+)", Grafana.get_dashboard),
    ("POST", "/api/dashboards/db", Grafana.save_dashboard),
    ("GET", "/api/search", Grafana.search),
)


@contextmanager
def serving(prefix: str = "") -> Iterator[Grafana]:
    """A server on a free port of this machine, under a path of its own if asked."""
    grafana = Grafana()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(grafana, prefix))
    grafana.url = f"http://127.0.0.1:{server.server_address[1]}{prefix}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield grafana
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(grafana: Grafana, prefix: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            parts = urlsplit(self.path)
            status, said = self._said(parts.path, parse_qs(parts.query), body)
            if grafana.page is not None:
                status = grafana.broken or 200
            content = json.dumps(said).encode() if grafana.page is None else grafana.page
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _said(self, path: str, query: dict[str, list[str]], body: Json) -> Answer:
            if grafana.broken:
                return grafana.broken, {"message": "as the test wants"}
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return 401, {"message": "Invalid API key", "messageId": "api-key.invalid", "statusCode": 401}
            if not path.startswith(f"{prefix}/"):
                return 404, {"message": "Not found"}
            return grafana.answer(self.command, path.removeprefix(prefix), query, body)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815 the names that http.server calls

        def log_message(self, *args: object) -> None:
            """Tests are quiet."""

    return Handler
