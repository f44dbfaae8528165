"""Which models others need: a member of an ensemble may not go while the ensemble stays."""

from pathlib import Path

from models.errors import ModelError, ModelUnusable
from models.manifest import Manifest
from models.registry.shelves import model_folders
from models.saved import read_manifest


def member_versions(manifest: Manifest) -> list[str]:
    """Of the models that it finds by version; members that lie inside its own folder are no models of their own."""
    return [member for member in manifest.config.get("members", ()) if isinstance(member, str)]


def require_unneeded(folder: Path, registry: Path) -> None:
    """Raises `ModelUnusable` when an ensemble of the registry has the model in this folder as a member."""
    manifest = _manifest(folder)
    ensembles = _ensembles_with(manifest.version, registry) if manifest else []
    if ensembles:
        raise ModelUnusable(
            f"{folder.name} is a member of the ensemble {' and of '.join(ensembles)}: remove that first, or keep both."
        )


def _ensembles_with(version: str, registry: Path) -> list[str]:
    found = [(folder.name, _manifest(folder)) for folder in model_folders(registry)]
    return [name for name, manifest in found if manifest and version in member_versions(manifest)]


def _manifest(folder: Path) -> Manifest | None:
    """None for a broken folder: no ensemble can use it."""
    try:
        return read_manifest(folder)
    except ModelError:
        return None
