"""One zip out of a model and the members it refers to: the same bytes whenever and wherever it is made."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from models.registry.parts import Whole, parts_of
from models.registry.shelves import is_name
from models.saved import read_manifest
from models.writing import unwritable

MEMBERS = "members"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say


def pack(model: Whole, path: Path) -> None:
    """Write `path` whole or not at all. Stored, not deflated: weights hardly shrink, and zlibs differ."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as scratch:
            draft = Path(scratch) / "draft"
            with ZipFile(draft, "w", ZIP_STORED) as archive:
                for name, file in _entries(model):
                    archive.writestr(_dated(name), file.read_bytes())
            os.replace(draft, path)
    except OSError as error:
        raise unwritable(path, error) from error


def _entries(model: Whole) -> Iterator[tuple[str, Path]]:
    """`NAME/…` for the model, `members/VERSION/…` for what it refers to."""
    name = model.saved.manifest.name
    yield from _files(name if is_name(name) else "model", model.folder)
    for version, folder in sorted(model.members.items()):
        yield from _files(f"{MEMBERS}/{version.replace('@', '-')}", folder)


def _files(prefix: str, folder: Path) -> Iterator[tuple[str, Path]]:
    for name, file in parts_of(folder, read_manifest(folder)):
        yield f"{prefix}/{name}", file


def _dated(name: str) -> ZipInfo:
    info = ZipInfo(name, FIRST_DAY)
    info.external_attr = 0o644 << 16
    info.create_system = 3  # unix, wherever it is made
    return info
