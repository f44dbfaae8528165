"""Taking a model into the registry: from a zip or a folder, checked whole before it appears there."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import ModelError, ModelUnusable
from models.load import RESERVED, SHIPPED, shelves
from models.manifest import Manifest
from models.registry.pack import MEMBERS
from models.registry.parts import Whole, copy_model, whole_model
from models.registry.shelves import folder_with, is_name
from models.registry.unpack import unpack
from models.saved import read_manifest


@dataclass(frozen=True, slots=True)
class Admitted:
    """What an import did. `new` is False when the very same model was there already."""

    name: str
    manifest: Manifest
    new: bool
    members: tuple[str, ...] = ()


def admit(registry: Path, source: Path, name: str | None = None) -> Admitted:
    """Unpack or copy into a hidden folder, verify there, then rename into place: members first."""
    try:
        registry.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=registry, prefix=".import-") as scratch:
            return _admit(registry, source, name, Path(scratch))
    except OSError as error:
        raise ModelUnusable(
            f"{source} could not be imported into {registry} ({error.strerror}): make room or name what exists."
        ) from error


def _admit(registry: Path, source: Path, name: str | None, scratch: Path) -> Admitted:
    folder, beside = _opened(source, scratch / "unpacked")
    found = whole_model(folder, [*shelves(registry), *beside])
    name = name or found.saved.manifest.name
    if _is_here(registry, name, found.saved.manifest):
        return Admitted(name, found.saved.manifest, new=False)
    members = {version: at for version, at in found.members.items() if not _stored(version, registry)}
    staged = _staged(found, members, scratch / "staged")
    verified = whole_model(staged, [*shelves(registry), scratch / "staged"]).saved.manifest
    for version in members:
        os.rename(scratch / "staged" / _folder_name(version), registry / _folder_name(version))
    os.rename(staged, registry / name)
    return Admitted(name, verified, new=True, members=tuple(sorted(members)))


def _opened(source: Path, into: Path) -> tuple[Path, Sequence[Path]]:
    """The model's folder, and where its members may lie beside it."""
    if source.is_dir():
        return source, [source.resolve().parent]
    into.mkdir()
    return unpack(source, into), [into / MEMBERS]


def _staged(found: Whole, members: dict[str, Path], into: Path) -> Path:
    """Copies that nobody else can change; the model itself lies deepest, so no member's name can meet it."""
    into.mkdir()
    for version, folder in members.items():
        copy_model(folder, read_manifest(folder), into / _folder_name(version))
    target = into / ".model" / "whole"
    copy_model(found.folder, found.saved.manifest, target)
    return target


def _folder_name(version: str) -> str:
    return version.replace("@", "-")


def _stored(version: str, registry: Path) -> bool:
    try:
        folder_with(version, shelves(registry))
    except ModelUnusable:
        return False
    return True


def _is_here(registry: Path, name: str, manifest: Manifest) -> bool:
    """True for the very same model; a name that means something else is refused."""
    if not is_name(name):
        raise ModelUnusable(f"{name!r} is no name for a folder: give one of letters, digits, - and _ with --name.")
    if name in RESERVED:
        raise ModelUnusable(f"{name!r} has a meaning of its own: give the model another name with --name.")
    for shelf, whose in ((SHIPPED, "ships with Tideline"), (registry, "is in the registry")):
        if not (shelf / name).exists():
            continue
        held = _held(shelf / name)
        if held is not None and held.content_sha256 == manifest.content_sha256 and held.name == manifest.name:
            return True
        raise ModelUnusable(
            f"Another model called {name} ({held.version if held else 'a broken one'}) {whose}: "
            f"import {manifest.version} under another name with --name."
        )
    return False


def _held(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder)
    except ModelError:
        return None
