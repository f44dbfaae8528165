"""The report, written to a file in one step."""

import os
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from stream.errors import StreamError
from stream.report.data import gather
from stream.report.page import render


class ReportUnwritable(StreamError):
    """The file cannot be written where it was asked for."""


def write_report(engine: Engine, path: Path, *, since: datetime | None = None, now: datetime | None = None) -> int:
    """Write the page, readable by its owner alone; returns its size. An older one stays until this one is whole."""
    html = render(gather(engine, now or datetime.now(UTC), since)).encode()
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(html)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ReportUnwritable(
            f"{path} cannot be written ({error.strerror}): choose another place with --out"
        ) from error
    return len(html)
