"""The page and its pictures as files, each whole or not there."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.errors import ModelError
from models.page.facts import gather
from models.page.gallery import drawn
from models.page.page import render
from models.writing import write_file


class PageUnwritable(ModelError):
    """A file of the page cannot be written where it was asked for."""


@dataclass(frozen=True)
class Written:
    """`missing` are sentences about what the page lacks."""

    page: Path
    size: int
    pictures: tuple[Path, ...]
    missing: tuple[str, ...]


def write_page(
    name: str,
    look: str,
    now: datetime,
    *,
    out: Path | None = None,
    pngs: Path | None = None,
    data: str | None = None,
    against: Sequence[str] = (),
    registry: Path | None = None,
) -> Written:
    """The page of a model by any of its names; `look` is the style sheet it adds to.

    The places are tried before anything is measured, for that can take minutes.
    """
    for folder in (out.parent if out else Path(), *([pngs] if pngs else [])):
        _require_room(folder)
    facts = gather(name, data, against, registry)
    gallery = drawn(facts)
    page = out or Path(f"{facts.manifest.name}.html")
    content = render(facts, gallery, look, now).encode()
    files = {pngs / f"{picture.name}.png": picture.png() for picture in gallery} if pngs else {}
    for path, whole in {**files, page: content}.items():
        _write(path, whole)
    return Written(page, len(content), tuple(files), (*facts.missing, *facts.uncompared))


def _require_room(folder: Path) -> None:
    """A folder that is not there yet is judged by the one it would be made in."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise _unwritable(folder, error) from error


def _write(path: Path, content: bytes) -> None:
    """An older file stays until this one is whole."""
    try:
        write_file(path, content)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> PageUnwritable:
    return PageUnwritable(f"{path} cannot be written ({error.strerror}): choose another place with --out or --png.")
