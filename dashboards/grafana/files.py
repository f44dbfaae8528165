"""The JSON files that Grafana is provisioned with, one for each dashboard, checked in."""

import json
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.grafana.page import page
from dashboards.pages import DASHBOARDS
from dashboards.panel import Dashboard, Role

JSON = Path(__file__).parents[1] / "json"
FOLDERS: dict[Role, str] = {"tideline_dashboard": "tideline", "tideline_person": "persons"}


def as_json(dashboard: Dashboard) -> dict[str, Any]:
    """What Grafana is given, as plain dictionaries."""
    found: dict[str, Any] = json.loads(json.dumps(page(dashboard), cls=JSONEncoder))
    return found


def text_of(value: dict[str, Any]) -> str:
    """Keys in order, so that a difference in the file is a difference of the dashboard."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def path_of(dashboard: Dashboard, folder: Path = JSON) -> Path:
    """Dashboards of persons lie apart, as they go into a folder of their own."""
    return folder / FOLDERS[dashboard.role] / f"{dashboard.uid.removeprefix('tideline-')}.json"


def build(folder: Path = JSON) -> dict[Path, bool]:
    """Write every file that differs; says of each whether it was written."""
    return {path: _write(path, text) for path, text in _texts(folder).items()}


def differing(folder: Path = JSON) -> list[Path]:
    """The files that are not what the code says, the ones that no dashboard has among them."""
    texts = _texts(folder)
    strays = [path for path in sorted(folder.rglob("*.json")) if path not in texts]
    return [path for path, text in texts.items() if not path.exists() or path.read_text() != text] + strays


def _texts(folder: Path) -> dict[Path, str]:
    return {path_of(dashboard, folder): text_of(as_json(dashboard)) for dashboard in DASHBOARDS}


def _write(path: Path, text: str) -> bool:
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    draft.write_text(text)
    draft.replace(path)
    return True
