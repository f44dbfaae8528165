"""Printing figures as they are found, and keeping them as JSON."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def say(what: str, value: Any) -> Any:
    shown = f"{value:,.2f}" if isinstance(value, float) else value
    print(f"{time.strftime('%H:%M:%S')}  {what:<42} {shown}", flush=True)
    return value


def keep(name: str, found: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(found, indent=2))
    print(f"kept in {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")
