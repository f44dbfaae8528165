"""What there is to choose from: every model by name, broken ones with the reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from models.errors import ModelError
from models.kinds import is_kind
from models.load import DEFAULT, SHIPPED
from models.manifest import Manifest
from models.registry.needed import member_versions
from models.registry.parts import size_of
from models.registry.pointer import read_choice
from models.registry.shelves import model_folders
from models.saved import checked_files, read_manifest

_SHADOWED = "The shipped model {} has this name: rename the folder {}."


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of `tideline models list`. Where there is a `problem`, it is broken."""

    name: str
    folder: Path
    shipped: bool
    in_use: bool
    manifest: Manifest | None
    size: int
    problem: str | None = None


def entries(registry: Path) -> list[Entry]:
    """Every file's hash is checked; only `use` also loads the weights."""
    return list(_entries(registry, in_use(registry)))


def in_use(registry: Path) -> str | None:
    """The name that `models use` chose, else the shipped default's; None when the pointer is broken."""
    try:
        choice = read_choice(registry)
    except ModelError:
        return None
    return choice.name if choice else DEFAULT


def _entries(registry: Path, used: str | None) -> Iterator[Entry]:
    shipped = [_entry(folder, True, used == folder.name) for folder in model_folders(SHIPPED)]
    taken = {entry.name for entry in shipped}
    own = [_entry(folder, False, used == folder.name not in taken) for folder in model_folders(registry)]
    found = {entry.manifest.version: entry for entry in reversed([*shipped, *own]) if entry.manifest}
    for entry in (*shipped, *own):
        shadowed = not entry.shipped and entry.name in taken
        problem = _problem(entry, found) or (_SHADOWED.format(entry.name, entry.folder) if shadowed else None)
        yield replace(entry, problem=problem)


def _entry(folder: Path, shipped: bool, used: bool) -> Entry:
    manifest, size, problem = None, 0, None
    try:
        manifest = read_manifest(folder)
        checked_files(folder, manifest)
        size = size_of(folder, manifest)
        if not is_kind(manifest.kind):
            problem = f"This program cannot run a {manifest.kind!r} model: update Tideline."
    except ModelError as error:
        problem = str(error)
    return Entry(folder.name, folder, shipped, used, manifest, size, problem)


def _problem(entry: Entry, found: Mapping[str, Entry]) -> str | None:
    """Its own, or else that of the first member that has one."""
    if entry.problem or not entry.manifest:
        return entry.problem
    problems = (_problem_of_member(version, found) for version in member_versions(entry.manifest))
    return next(filter(None, problems), None)


def _problem_of_member(version: str, found: Mapping[str, Entry]) -> str | None:
    if version not in found:
        return f"It lacks its member {version}: import that with `tideline models import`."
    problem = _problem(found[version], found)
    return f"Its member {version} is broken. {problem}" if problem else None
