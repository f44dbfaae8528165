"""constraints.txt: exact versions of everything that is installed, and no address."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PINNED = re.compile(r"([a-z0-9-]+)==([0-9]+!)?[0-9][A-Za-z0-9.]*")


def lines() -> list[str]:
    return [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]


def test_every_line_is_a_name_and_one_exact_version() -> None:
    assert [line for line in lines() if not PINNED.fullmatch(line)] == []


def test_whatever_the_project_asks_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[<>=\[ ;]", one)[0]).lower() for one in asked}
    assert names <= {line.split("==")[0] for line in lines()}
