"""`.env`: the secrets Tideline and its compose file need, made once and never overwritten."""

import os
import secrets
from pathlib import Path

from stream.errors import SettingsInvalid

NAMES = (
    "TIDELINE_PSEUDONYM_KEY",
    "TIDELINE_WEBHOOK_SECRET",
    "TIDELINE_SEAL_KEY",
    "TIDELINE_DATABASE_PASSWORD",
    "TIDELINE_DASHBOARD_PASSWORD",
    "TIDELINE_PERSON_PASSWORD",
    "GRAFANA_ADMIN_PASSWORD",
)


def make_secrets(path: Path) -> list[str]:
    """Add what is missing to the file, readable by its owner alone; returns the names that were added.

    A secret that is there stays: a new pseudonym key would make strangers of everybody.
    The values are URL-safe, because one of them travels inside a database URL.
    """
    try:
        before = path.read_text() if path.exists() else ""
        present = {line.split("=", 1)[0].strip() for line in before.splitlines() if "=" in line}
        missing = [name for name in NAMES if name not in present]
        if missing:
            _replace(path, before, missing)
        else:
            path.chmod(0o600)
    except OSError as error:
        raise SettingsInvalid(
            f"{path} cannot be written: {error.strerror}; choose a folder you may write to"
        ) from error
    return missing


def _replace(path: Path, before: str, missing: list[str]) -> None:
    added = "".join(f"{name}={secrets.token_urlsafe(32)}\n" for name in missing)
    separator = "" if not before or before.endswith("\n") else "\n"
    draft = path.with_name(f"{path.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(before + separator + added)
    draft.replace(path)
