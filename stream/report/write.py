"""The report, written to a file in one step."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from stream.errors import StreamError
from stream.report.data import gather
from stream.report.page import render
from stream.report.wanted import EVERYTHING, Wanted


class ReportUnwritable(StreamError):
    """The file cannot be written where it was asked for."""


@dataclass(frozen=True, slots=True)
class Written:
    """How large the page is, and which panels have a sentence in place of a drawing."""

    size: int
    failed: tuple[str, ...] = ()


def write_report(engine: Engine, path: Path, wanted: Wanted = EVERYTHING, *, now: datetime | None = None) -> Written:
    """Write the page, readable by its owner alone. An older one stays until this one is whole."""
    data = gather(engine, now or datetime.now(UTC), wanted)
    html = render(data).encode()
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
    return Written(len(html), tuple(data.failed))
