"""The direction of imports: stream → models, alerts, dashboards, storage; alerts, dashboards → storage; never back."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "stream": {"stream", "models", "alerts", "storage", "dashboards"},
    "dashboards": {"dashboards", "storage"},
    "alerts": {"alerts", "storage"},
    "storage": {"storage"},
    "models": {"models"},
}
VOCABULARY = "models.labels"


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} uses a relative import"
            found.add(node.module)
    return found


@pytest.mark.parametrize("folder", ALLOWED)
def test_imports_point_one_way(folder: str) -> None:
    files = list((ROOT / folder).rglob("*.py"))
    assert len(files) > 5
    for path in files:
        ours = {name for name in imported(path) if name.split(".")[0] in ALLOWED and name != VOCABULARY}
        wrong = {name for name in ours if name.split(".")[0] not in ALLOWED[folder]}
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def test_only_the_worker_and_its_consumer_await() -> None:
    for folder in ALLOWED:
        for path in (ROOT / folder).rglob("*.py"):
            asynchronous = any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(ast.parse(path.read_text())))
            assert not asynchronous or path.name in {"worker.py", "consumer.py"}, path


def test_every_package_init_is_empty() -> None:
    for folder in ALLOWED:
        for path in (ROOT / folder).rglob("__init__.py"):
            assert path.read_text().strip() == "", path
