"""The demo's settings: its own folder, services and public secrets, whatever the user has configured."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from pydantic import SecretStr

from stream.services.embedded import Services
from stream.settings import Settings, read_settings

TAKEN_OVER = ("model", "models_folder", "rules", "batch_size", "batch_seconds", "drain_seconds", "session_seconds")


def demo_settings(folder: Path, services: Services | None = None, **more: Any) -> Settings:
    """Every setting at its default, so that no real service is reached; only a few may be the user's.

    >>> from pathlib import Path
    >>> demo_settings(Path("somewhere")).mode
    'demo'
    """
    fixed = {name: field.get_default() for name, field in Settings.model_fields.items() if name not in TAKEN_OVER}
    fixed |= {"mode": "demo", "data_dir": folder, "torch_threads": 1}  # on two cores two workers beat two threads
    if services is not None:
        fixed |= {"kafka": services.kafka, "database": SecretStr(services.database)}
    return read_settings(**(fixed | more))


def environment(settings: Settings, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """An environment in which another process reads exactly these settings."""
    kept = {name: value for name, value in base.items() if not name.startswith("TIDELINE_")}
    said = {f"TIDELINE_{name.upper()}": _as_text(value) for name, value in settings if value is not None}
    return kept | said | {"TIDELINE_CONFIG": os.devnull}


def _as_text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, frozenset):
        return orjson.dumps(sorted(value)).decode()
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    return str(value)
